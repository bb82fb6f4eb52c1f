import { expect, test } from "@jest/globals";
import { readTarget, toQuery } from "@/lib/http/target";

test.each([
  "/",
  "/api/comments/1",
  "/api/comments/",
  "/a-b_c?limit=1&limit=2&x=",
  "/a??b=1?c=2",
  "/a?b=+c&d=%20e&%66=g&h;i=1",
  "/a?%zz=1&b=%C3%A9&c=%F0%28",
  "/a?&&=&=x",
  "/a?b=<>\"'`{}|^\\",
  "/a?b=1#c?d=2",
  "/a#b?c=1",
  "/a/../b/./c?d=1",
  "/a%2fb%2e%2e/c",
  "/a b?c",
  "/a.json?b",
  "/a?é=ü&%C3%A9=1",
])("%s is read as URLs are", (target) => {
  const { pathname, searchParams } = new URL(target, "http://localhost");
  const { path, params } = readTarget(target);
  expect([path, [...params]]).toEqual([pathname, [...searchParams]]);
});

test("two slashes at the beginning name a host, as in any URL", () => {
  expect(readTarget("//elsewhere.example/a?b=1").path).toBe("/a");
});

test("what is no URL is all path", () => {
  const { path, params } = readTarget("//a:b:c/");
  expect([path, params.size]).toEqual(["//a:b:c/", 0]);
});

test("of a name that comes once there is a value, of others all in their order, whatever the name", () => {
  const query = toQuery(new URLSearchParams("a=1&b=2&a=3&a=4&__proto__=5&constructor=6&constructor=7"));
  expect(JSON.stringify(query)).toBe('{"a":["1","3","4"],"b":"2","__proto__":"5","constructor":["6","7"]}');
});

test("very many of one name are read at once, where copying them for each would take minutes", () => {
  expect(toQuery(new URLSearchParams("a&".repeat(300_000))).a).toHaveLength(300_000);
});
