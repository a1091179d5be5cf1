/** For bytes that are kept: a small view keeps all of what it was cut out of, as Node's pool (64 KB on Node 24). */
export function unshared(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
