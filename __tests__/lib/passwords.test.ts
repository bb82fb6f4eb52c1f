import { describe, expect, it } from "@jest/globals";
import { hashPassword, isPassword } from "@/lib/passwords";
import { newPassword } from "@/lib/schemas/fields";

describe("a password", () => {
  it("is kept as argon2id with OWASP's cost and a salt of its own", async () => {
    const [one, other] = [await hashPassword("the same words"), await hashPassword("the same words")];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(other).not.toBe(one);
    expect(await isPassword(one, "the same words")).toBe(true);
    expect(await isPassword(one, "The same words")).toBe(false);
    expect(await isPassword(one, "the same words ")).toBe(false);
  });

  it("is the same however a keyboard composes its letters", async () => {
    const hash = await hashPassword("Gru\u0308\u00dfe, \ufb01ne");
    expect(await isPassword(hash, "Gr\u00fc\u00dfe, fine")).toBe(true);
  });

  it("of nobody is never right", async () => {
    for (const password of ["", "null", "the same words"])
      expect(await isPassword(null, password)).toBe(false);
  });

  it("waits its turn, and where too many wait it is told to come again", async () => {
    const all = await Promise.allSettled(Array.from({ length: 210 }, () => isPassword(null, "x")));
    const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(all.length - refused.length).toBe(202);
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ code: "overloaded", more: { headers: { "Retry-After": 5 } } });
    expect(await isPassword(null, "x")).toBe(false);
  });

  it("has 8 to 256 characters, counted as people count them, and needs no sort of them", () => {
    const isTaken = (password: string) => newPassword.safeParse(password).success;
    for (const good of [
      "vkwqzjxm",
      "öäüßñçéø",
      "🐢🐇🦊🐻🐼🐨🐯🦁",
      "  two  spaces  ",
      "пароль от ворот",
      `${"long words ".repeat(23)}end`,
    ])
      expect([good, isTaken(good)]).toEqual([good, true]);
    expect(isTaken("🐢🐇🦊🐻".repeat(64))).toBe(false); // a repetition
    expect(isTaken([...Array(256).keys()].map((n) => String.fromCodePoint(0x4e00 + n)).join(""))).toBe(true);
    expect(isTaken([...Array(257).keys()].map((n) => String.fromCodePoint(0x4e00 + n)).join(""))).toBe(false);
    for (const bad of [
      "",
      "vkwqzjx",
      "🐢🐇🦊🐻🐼🐨🐯",
      "password",
      "12345678",
      "nul\0 in between",
      "\ud800 half a pair",
    ])
      expect([bad, isTaken(bad)]).toEqual([bad, false]);
  });
});
