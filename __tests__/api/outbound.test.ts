import { beforeAll, describe, expect, test } from "@jest/globals";
import { client } from "../support/client";
import { type Receiver, startReceiver } from "../support/receiver";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";
import { hasten } from "../support/webhooks";

let server: Server;
let receiver: Receiver;
const { get, post, comment, admin } = client(() => server);

beforeAll(async () => {
  receiver = await startReceiver();
  server = await startServer({ SEED: "on", MODERATION: "open" });
});

/** `active: false`, so that no test sends anything to anybody's real server. */
const make = (url: string, active = false) => post("/api/webhooks", { url, active }).set(...admin());

describe("no webhook leads", () => {
  test.each([
    ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "127.0.0.1.", "①②⑦.0.0.1"],
    ...["[::]", "[::1]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[::7f00:1]", "[0:0:0:0:0:0:0:1]"],
    ...["[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"],
    ...["[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[100::1]", "[5f00::1]", "[2001:db8::1]"],
    ...["10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.0.1"],
    ...["224.0.0.1", "255.255.255.255", "240.0.0.1", "0.0.0.0", "192.0.2.1"],
  ])("to %s, by any scheme or port", async (host) => {
    for (const url of [`https://${host}/`, `http://${host}/`, `https://${host}:8443/`]) {
      const { body } = await make(url).expect(400);
      expect(body).toMatchObject({ code: "invalid_input", issues: [{ path: ["url"] }] });
      expect(body.issues[0].message).toContain("WEBHOOK_ALLOW");
    }
  });

  test.each([
    "http://93.184.215.14/",
    "https://93.184.215.14:22/",
    "https://93.184.215.14:8443/",
    "https://user:password@93.184.215.14/",
    "http://hooks.example/",
  ])("anywhere but by HTTPS, on its port and without a password: %s", async (url) => {
    await make(url).expect(400);
  });

  test("nowhere: a public address is taken, by number and by name, with what belongs to it", async () => {
    const url = "https://93.184.215.14/services/T0/B0/x?y=1";
    expect((await make(`${url}#part`).expect(201)).body.url).toBe(url);
    await make("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/").expect(201);
    await make("https://hooks.example/").expect(201);
  });
});

test("what may not be called is not called either: a setting that is gone counts at the next sending", async () => {
  const before = await startServer({ SEED: "on", MODERATION: "open", WEBHOOK_ALLOW: "127.0.0.0/8" });
  const its = client(() => before);
  const { body } = await its
    .post("/api/webhooks", { url: receiver.url })
    .set(...its.admin())
    .expect(201);
  const after = await before.restart({ WEBHOOK_ALLOW: "10.0.0.5" });
  const now = client(() => after);
  await now.comment("To this machine").expect(201);
  const path = `/api/webhooks/${body.id}/deliveries`;
  const last = async () => (await now.get(path).set(...now.admin())).body[0];
  await until(async () => (await last()).error === "not_allowed");
  expect(await last()).toMatchObject({ state: "waiting", status: null, attempts: 1 });
  expect(receiver.received).toEqual([]);
});

test("nothing is told of whether anybody was there", async () => {
  const { body } = await make("https://nobody.invalid/", true).expect(201);
  await comment("To nobody").expect(201);
  const path = `/api/webhooks/${body.id}/deliveries`;
  const last = async () => (await get(path).set(...admin())).body[0];
  await until(async () => (await last())?.error === "unreachable");
  hasten(server);
  await until(async () => (await last())?.attempts === 2);
});
