import { alarms } from "@/db/sqlite/schema/alarms";
import { audit } from "@/db/sqlite/schema/audit";
import { authors } from "@/db/sqlite/schema/authors";
import { cards } from "@/db/sqlite/schema/cards";
import { deliveryCounts } from "@/db/sqlite/schema/deliveryCounts";
import { files } from "@/db/sqlite/schema/files";
import { first } from "@/db/sqlite/schema/first";
import { guests } from "@/db/sqlite/schema/guests";
import { held } from "@/db/sqlite/schema/held";
import { hookNames } from "@/db/sqlite/schema/hookNames";
import { hooks } from "@/db/sqlite/schema/hooks";
import { live } from "@/db/sqlite/schema/live";
import { mails } from "@/db/sqlite/schema/mails";
import { moderation } from "@/db/sqlite/schema/moderation";
import { outbox } from "@/db/sqlite/schema/outbox";
import { people } from "@/db/sqlite/schema/people";
import { places } from "@/db/sqlite/schema/places";
import { search } from "@/db/sqlite/schema/search";
import { setup } from "@/db/sqlite/schema/setup";
import { subscriptions } from "@/db/sqlite/schema/subscriptions";
import { urgent } from "@/db/sqlite/schema/urgent";
import { users } from "@/db/sqlite/schema/users";

/**
 * Each step brings the file from version n to n + 1 and runs once, in a transaction of its own.
 * Only ever add to the end. Instants are ISO 8601 text, so that their order is the order of time.
 */
export const migrations: readonly string[] = [
  first,
  people,
  audit,
  search,
  setup,
  users,
  files,
  places,
  moderation,
  authors,
  outbox,
  held,
  mails,
  live,
  hooks,
  deliveryCounts,
  guests,
  alarms,
  subscriptions,
  urgent,
  hookNames,
  cards,
];
