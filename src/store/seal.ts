import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** How a payload lies in Redis. Whatever can't be opened is a miss, never an error. */
export interface Seal {
  close(payload: Buffer, boundTo: string): Buffer;
  open(sealed: Buffer, boundTo: string): Buffer | undefined;
}

/** As it is: no key is configured. */
export const plainSeal: Seal = {
  close: (payload) => payload,
  open: (sealed) => sealed,
};

/** AES-256-GCM: IV, tag, ciphertext. Bound to its key's name and header, so that values can't be swapped or altered. */
export function encryptingSeal(key: Buffer): Seal {
  return {
    close(payload, boundTo) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
      const text = Buffer.concat([cipher.update(payload), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]);
    },
    open(sealed, boundTo) {
      if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
      const iv = sealed.subarray(0, IV_BYTES);
      const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo)).setAuthTag(tag);
        return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        // Another key, another place, or not ours at all: the reason can't be told apart and does not matter.
        return undefined;
      }
    },
  };
}
