import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** How a payload lies in Redis. What cannot be decrypted is a miss, never an error. */
export interface ValueCipher {
  encrypt(payload: Buffer, boundTo: string): Buffer;
  decrypt(stored: Buffer, boundTo: string): Buffer | undefined;
}

/** No key is configured: the payload as it is. */
export const plainText: ValueCipher = {
  encrypt: (payload) => payload,
  decrypt: (stored) => stored,
};

/** AES-256-GCM: IV, tag, ciphertext. Bound to the key's name and the header, so that values cannot be swapped or altered. */
export function aesGcm(key: Buffer): ValueCipher {
  return {
    encrypt(payload, boundTo) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
      const text = Buffer.concat([cipher.update(payload), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]);
    },
    decrypt(stored, boundTo) {
      if (stored.length < IV_BYTES + TAG_BYTES) return undefined;
      const iv = stored.subarray(0, IV_BYTES);
      const tag = stored.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo)).setAuthTag(tag);
        return Buffer.concat([decipher.update(stored.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        // Another key, another place, or not ours at all: GCM does not say which, and all are a miss.
        return undefined;
      }
    },
  };
}
