import { describe } from "@jest/globals";
import { accounts } from "@/__tests__/db/contract/accounts";
import { alarms } from "@/__tests__/db/contract/alarms";
import { changes } from "@/__tests__/db/contract/changes";
import { counts } from "@/__tests__/db/contract/counts";
import { creation } from "@/__tests__/db/contract/creation";
import type { Engine } from "@/__tests__/db/contract/engine";
import { exports } from "@/__tests__/db/contract/exports";
import { files } from "@/__tests__/db/contract/files";
import { guests } from "@/__tests__/db/contract/guests";
import { hooks } from "@/__tests__/db/contract/hooks";
import { imports } from "@/__tests__/db/contract/imports";
import { instants } from "@/__tests__/db/contract/instants";
import { limits } from "@/__tests__/db/contract/limits";
import { lists } from "@/__tests__/db/contract/lists";
import { live } from "@/__tests__/db/contract/live";
import { mails } from "@/__tests__/db/contract/mails";
import { moderation } from "@/__tests__/db/contract/moderation";
import { news } from "@/__tests__/db/contract/news";
import { outbox } from "@/__tests__/db/contract/outbox";
import { people } from "@/__tests__/db/contract/people";
import { posts } from "@/__tests__/db/contract/posts";
import { postWriting } from "@/__tests__/db/contract/postWriting";
import { search } from "@/__tests__/db/contract/search";
import { sessions } from "@/__tests__/db/contract/sessions";
import { setup } from "@/__tests__/db/contract/setup";
import { subscriptions } from "@/__tests__/db/contract/subscriptions";
import { sweeping } from "@/__tests__/db/contract/sweeping";
import { tokens } from "@/__tests__/db/contract/tokens";
import { trees } from "@/__tests__/db/contract/trees";
import { votes } from "@/__tests__/db/contract/votes";

/** What db/store.ts promises, held against every one of `engines`. */
export function contract(engines: Engine[]): void {
  describe.each(engines)("the store on $name", (engine) => {
    for (const part of [
      creation,
      changes,
      counts,
      news,
      lists,
      instants,
      trees,
      posts,
      postWriting,
      votes,
      moderation,
      sweeping,
      limits,
      tokens,
      accounts,
      sessions,
      setup,
      people,
      guests,
      files,
      imports,
      exports,
      search,
      outbox,
      hooks,
      mails,
      alarms,
      subscriptions,
      live,
    ]) {
      part(engine);
    }
  });
}
