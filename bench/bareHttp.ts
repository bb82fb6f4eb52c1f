import { createServer } from "node:http";
import { openStore } from "@/db/open";

/** The store behind plain node:http: what is left of a request when framework, middleware and checks are taken away. */
async function main(databaseUrl: string): Promise<void> {
  const store = openStore(databaseUrl);
  const post = await store.posts.find({ id: 1 });
  if (!post) throw new Error("The bench database has no post");
  const server = createServer(async (req, res) => {
    const json =
      req.url === "/one"
        ? await store.comments.json(1, "public", "")
        : (await store.comments.thread({ post, limit: 50, view: "public", base: "" })).rows
            .map((row) => row.json)
            .join();
    res.setHeader("Content-Type", "application/json");
    res.end(req.url === "/one" ? json : `{"post":1,"total":50,"comments":[${json}]}`);
  });
  server.listen(Number(process.argv[3]), "127.0.0.1", () => console.log("listening"));
}

void main(process.argv[2] ?? "");
