import { createServer } from "node:http";
import { openStore } from "@/db/open";

/** The store behind plain node:http: what is left of a request when framework, middleware and checks are taken away. */
async function main(port: number, databaseUrl: string): Promise<void> {
  const store = openStore(databaseUrl);
  const post = await store.posts.find({ id: 1 });
  if (!post) throw new Error("The bench database has no post");
  const server = createServer(async (_req, res) => {
    const query = { post, limit: 50, view: "public", base: "" } as const;
    const { json } = await store.comments.flat(query, '{"post":1,"total":50,"comments":[', "]}");
    res.setHeader("Content-Type", "application/json");
    res.end(json);
  });
  server.listen(port, "127.0.0.1");
}

void main(Number(process.argv[2]), process.argv[3] ?? "");
