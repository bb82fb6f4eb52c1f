import { describe, expect, it } from "@jest/globals";
import { fastest } from "@/__tests__/support/fastest";
import { isCommonPassword } from "@/lib/commonPasswords";

/** Those of eight characters or more that stand near the top of published lists, year after year. */
const KNOWN = `123456789 12345678 password 1234567890 qwerty123 password1 11111111 iloveyou 123123123 1q2w3e4r
  qwertyuiop 00000000 1qaz2wsx password123 987654321 12341234 88888888 sunshine princess football baseball superman
  trustno1 jennifer 1234qwer abcd1234 michelle qwer1234 starwars computer whatever asdfghjkl iloveyou1 corvette
  welcome1 passw0rd p@ssw0rd P@ssw0rd1 1q2w3e4r5t q1w2e3r4 q1w2e3r4t5 zaq12wsx 147258369 123654789 asdf1234 a1b2c3d4
  abc12345 Password1! Welcome123 Summer2024! Winter2023 letmein1 changeme admin123 administrator adminadmin test1234
  testtest asdfasdf qweqweqwe 123qweasd qwe123456 1qazxsw2 qazwsxedc 66666666 99999999 12121212 11223344 87654321
  01011990 19850412 12.05.1984 liverpool1 chelsea1 charlie1 jordan23 michael1 butterfly chocolate samsung1 monkey123
  dragon123 blink182 pokemon1 superman1 babygirl1 princess1 fuckyou1 football1 baseball1 mustang1 spiderman
  qwertyuiop123 zxcvbnm123 aaaaaaaa abcdefgh abcdefg1 abc123456 aa123456 password12 passwordpassword hello123
  welcome2024 letmein123 antiphon1 Antiphon2026`.split(/\s+/);

describe("a password", () => {
  it.each(KNOWN)("that everybody guesses is common: %s", (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    "correct horse battery staple",
    "tuna fish on tuesdays",
    "Zwei Maenner, ein Boot",
    "xkq9vbtw",
    "monkeyofthedragonhouse",
    "summer rain in winter coats",
    "пароль от сервера",
    "8f3a1c7e",
    "Tr4vel-light",
    "29384756",
    "🐢🐇🐢🐇🐇🐢🐢🐇",
  ])("that takes some thought is not: %s", (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });

  it("takes no time to judge, however it is made", () => {
    const time = fastest(() => {
      for (const unit of ["a", "abc", "1qaz", "password", "qwerty1", "love", "aaab"])
        for (const length of [20, 40, 128, 256]) isCommonPassword(unit.repeat(256).slice(0, length));
    });
    expect(time).toBeLessThan(200);
  });

  it("is one of more than three thousand known ones in many ways", () => {
    const years = Array.from({ length: 60 }, (_, n) => String(1970 + n));
    const tails = ["1", "12", "123", "1234", "!", "1!", "01", "007", ...years];
    const all = ["sunshine", "princess", "football", "michael", "jessica", "charlie", "liverpool"]
      .concat(["welcome", "computer", "superman", "chocolate", "samsung", "dragon", "monkey", "shadow"])
      .flatMap((word) => [word, word.toUpperCase(), word[0]?.toUpperCase() + word.slice(1)])
      .flatMap((word) => tails.map((tail) => word + tail));
    expect(all.length).toBeGreaterThan(3000);
    expect(all.filter((one) => !isCommonPassword(one))).toEqual([]);
  });
});
