import { type ClientOptions, createCaller } from "@/lib/client/call";
import { comments } from "@/lib/client/comments";
import { feeds } from "@/lib/client/feeds";
import { files } from "@/lib/client/files";
import { hooks } from "@/lib/client/hooks";
import { links } from "@/lib/client/links";
import { audit, moderation, rules } from "@/lib/client/moderation";
import { posts } from "@/lib/client/posts";
import { search } from "@/lib/client/search";
import { server } from "@/lib/client/server";
import { passwordReset, session, sessions } from "@/lib/client/sessions";
import { subscriptions } from "@/lib/client/subscriptions";
import { tokens } from "@/lib/client/tokens";
import { guest, user, users } from "@/lib/client/users";
import { webhooks } from "@/lib/client/webhooks";

// The one door for programs outside, who get this file as a bundle.
export { etagOf } from "@/lib/client/call";
export { ApiError } from "@/lib/client/error";

export type Client = ReturnType<typeof createClient>;

/**
 * The API as functions, one for each operation, for browsers and Node, without any dependency. Each throws `ApiError`
 * for what the server refuses, and whatever `fetch` throws where it can't be reached, or the signal aborts.
 */
export function createClient(options: ClientOptions = {}) {
  const caller = createCaller(options);
  return {
    comments: comments(caller),
    feeds: feeds(caller),
    posts: posts(caller),
    moderation: moderation(caller),
    rules: rules(caller),
    audit: audit(caller),
    search: search(caller),
    session: session(caller),
    sessions: sessions(caller),
    passwordReset: passwordReset(caller),
    users: users(caller),
    user: user(caller),
    guest: guest(caller),
    tokens: tokens(caller),
    files: files(caller),
    webhooks: webhooks(caller),
    hooks: hooks(caller),
    links: links(caller),
    subscriptions: subscriptions(caller),
    server: server(caller),
  };
}
