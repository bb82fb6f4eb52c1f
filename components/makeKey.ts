/** 128 random bits; not `randomUUID`, which browsers have on secure addresses only. */
export function makeKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
