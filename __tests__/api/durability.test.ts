import { describe, expect, it } from "@jest/globals";
import { inspect, makePost, tryPost } from "@/__tests__/support/api";
import { startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

describe("a server killed in a storm of comments", () => {
  it("has every comment that it acknowledged, each once, in a file that is whole", async () => {
    let server = await startServer({ MODERATION: "open" });
    const post = await makePost(server);
    const acknowledged = new Map<number, string>();
    for (let round = 0; round < 4; round++) {
      let storming = true;
      const began = acknowledged.size;
      const target = server;
      const writer = async (name: number) => {
        for (let n = 0; storming; n++) {
          const text = `Round ${round}, writer ${name}, ${n}`;
          const answer = await tryPost(target, post, text);
          if (answer?.status === 201) acknowledged.set(answer.id, text);
        }
      };
      const storm = Array.from({ length: 12 }, (_, name) => writer(name));
      await until(() => acknowledged.size >= began + 60 + round * 23);
      await server.kill();
      storming = false;
      await Promise.all(storm);

      server = await server.restart();
      const { texts, integrity, counts } = inspect(server.databaseFile);
      expect(integrity).toBe("ok");
      expect(counts).toEqual([1]);
      for (const [id, text] of acknowledged) expect(texts.get(id)).toBe(text);
      // "First" stands for the post; nothing came twice.
      expect(new Set(texts.values()).size).toBe(texts.size);
      const [id] = [...acknowledged.keys()].slice(-1);
      const seen = await fetch(`${server.url}/api/comments/${post}/${id}`);
      expect(seen.status).toBe(200);
    }
    expect(acknowledged.size).toBeGreaterThan(240);
  }, 120_000);
});

describe("a comment that is sent again with its Idempotency-Key", () => {
  it("fifty times at once is one comment: one 201 for it, and the same again for the rest", async () => {
    const server = await startServer({ MODERATION: "open" });
    const post = await makePost(server);
    const key = { "Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => tryPost(server, post, "Once", key)));
    expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer?.id)).size).toBe(1);
    expect(answers.filter((answer) => answer?.replayed)).toHaveLength(49);
    const { texts } = inspect(server.databaseFile);
    expect([...texts.values()].filter((text) => text === "Once")).toHaveLength(1);
  }, 60_000);

  it("is the same comment after the server died between its commit and its answer", async () => {
    let server = await startServer({ MODERATION: "open" });
    const post = await makePost(server);
    for (let round = 0; round < 3; round++) {
      const text = `Committed ${round}`;
      const key = { "Idempotency-Key": `"committed-${round}-0123456789"` };
      // Stopped by a signal in the middle, it answers nobody; whatever it had committed by then is what counts.
      const asked = Array.from({ length: 8 }, () => tryPost(server, post, text, key));
      await until(() => [...inspect(server.databaseFile).texts.values()].includes(text));
      await server.kill();
      const first = await Promise.all(asked);
      const kept = [...inspect(server.databaseFile).texts].filter(([, comment]) => comment === text);
      expect(kept).toHaveLength(1);
      server = await server.restart();
      const again = await tryPost(server, post, text, key);
      expect(again).toMatchObject({ status: 201, id: kept[0]?.[0], replayed: true });
      for (const answer of first) if (answer) expect(answer.id).toBe(again?.id);
    }
  }, 90_000);
});
