import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadEnvConfig } from "@next/env";
import { Interrupted, readPassword } from "@/cli/readPassword";
import { StartError, Unavailable } from "@/db/errors";
import type { Person } from "@/db/port/users";
import type { Store } from "@/db/store";

/*
 * `npm run user`: who can sign in. It runs as dist/user.js, beside the server if need be.
 */

const USAGE = `Usage: npm run user -- list
       npm run user -- add --name NAME --email ADDRESS [--role ROLE]
       npm run user -- password WHO
       npm run user -- role WHO ROLE
       npm run user -- remove WHO [--erase]
       npm run user -- setup
       npm run user -- token [--replace]

Who can sign in. WHO is an id or an e-mail address, ROLE one of admin, moderator, author and member. A password is asked
for twice, or read from standard input; it is never an argument, which others on the machine could see.

  list       everybody with an account
  add        makes an account; the role is member unless you say so
  password   sets another password, and ends the person's sessions
  role       changes what somebody may do, from their next request on
  remove     takes a person out and leaves what they wrote, without them
  --erase    takes out what they wrote, too
  setup      prints a link that makes an admin's account in the browser, once, within a week
  token      prints a new API token with the admin's role, once
  --replace  ends all such tokens that were made before
  --help     shows this
`;

const ROLES = ["admin", "moderator", "author", "member"] as const;

const flag = { type: "boolean", default: false } as const;
const text = { type: "string" } as const;
const OPTIONS = {
  ...{ name: text, email: text, role: text },
  ...{ erase: flag, replace: flag, help: { ...flag, short: "h" } },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];
type Task = (store: Store) => Promise<void>;

interface Command {
  /** What has to follow it. */
  words: string[];
  /** The options that it needs, and those that it takes. */
  needs?: (keyof Values)[];
  takes?: (keyof Values)[];
  run: (store: Store, words: string[], values: Values) => Promise<void>;
}

const COMMANDS = new Map<string, Command>([
  ["list", { words: [], run: list }],
  ["add", { words: [], needs: ["name", "email"], takes: ["role"], run: add }],
  ["password", { words: ["WHO"], run: password }],
  ["role", { words: ["WHO", "ROLE"], run: changeRole }],
  ["remove", { words: ["WHO"], takes: ["erase"], run: remove }],
  ["setup", { words: [], run: setup }],
  ["token", { words: [], takes: ["replace"], run: token }],
]);

async function main(): Promise<number> {
  const task = readTask(process.argv.slice(2));
  if (task === "help") {
    console.log(USAGE);
    return 0;
  }
  if (typeof task === "string") {
    console.error(`${task}\n\n${USAGE}`);
    return 2;
  }
  Object.assign(process.env, { NODE_ENV: "production" });
  loadEnvConfig(resolve(__dirname, ".."));
  // Only now, because the settings are read as these load.
  const { openForCommand } = await import("@/lib/store");
  const store = openForCommand();
  try {
    await task(store);
    return 0;
  } finally {
    await store.close();
  }
}

/** What to do, `"help"`, or a sentence on what is wrong with what was asked. */
function readTask(args: string[]): Task | "help" | string {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
    if (values.help) return "help";
    const [name, ...words] = positionals;
    if (name === undefined) return "Say what to do.";
    const command = COMMANDS.get(name);
    if (!command) return `There is no command ${name}.`;
    const misuse = findMisuse(name, command, words, values);
    return misuse ?? ((store) => command.run(store, words, values));
  } catch (error) {
    return error instanceof Error ? `${error.message.split(". ")[0]}.` : String(error);
  }
}

/** A sentence where a command got what it does not take, or lacks what it needs; null where all is well. */
function findMisuse(name: string, command: Command, words: string[], values: Values): string | null {
  const { needs = [], takes = [] } = command;
  const missing = [
    ...command.words.slice(words.length),
    ...needs.filter((one) => !values[one]).map(toOption),
  ];
  if (missing.length > 0) return `${name} needs ${missing.join(" and ")}.`;
  if (words.length > command.words.length)
    return `${name} takes no more than that; where it needs a password, it asks for it.`;
  const given = [...needs, ...takes, "help"];
  const stray = Object.entries(values).find(([one, value]) => value && !given.includes(one));
  return stray ? `${name} takes no ${toOption(stray[0])}.` : null;
}

const toOption = (name: string) => `--${name}`;

async function list(store: Store): Promise<void> {
  const { people } = await import("@/lib/userCommands");
  let nobody = true;
  for await (const { id, name, email, role, hasPassword } of people(store)) {
    nobody = false;
    const access = hasPassword ? "" : "  (no password)";
    console.log(`${String(id).padStart(5)}  ${role.padEnd(9)}  ${email ?? "-"}  ${name}${access}`);
  }
  if (nobody) console.log("Nobody has an account yet; npm run user -- setup makes the first one's link.");
}

async function add(
  store: Store,
  _words: string[],
  { name: asked = "", email = "", role: as = "member" }: Values,
) {
  const { addPerson } = await import("@/lib/userCommands");
  requireRole(as);
  const input = { name: asked, email, role: as, password: await askPassword() };
  const { id, name, role } = await addPerson(store, input);
  console.log(`${name} has an account now: id ${id}, ${role}.`);
}

async function password(store: Store, [who = ""]: string[]): Promise<void> {
  const { requireNamed, setPasswordOf } = await import("@/lib/userCommands");
  const person = await requireNamed(store, who);
  const ended = await setPasswordOf(store, person, await askPassword());
  const sessions = ended === 1 ? "One session" : `${ended} sessions`;
  console.log(`${person.name} has a new password. ${sessions} ended.`);
  if (person.email === null) console.log("Without an e-mail address nobody can sign in, though.");
}

async function changeRole(store: Store, [who = "", asked = ""]: string[]): Promise<void> {
  const { requireNamed, setRole } = await import("@/lib/userCommands");
  const role = requireRole(asked);
  const person = await requireNamed(store, who);
  await setRole(store, person, role);
  console.log(`${person.name} is ${role} now, and was ${person.role}.`);
}

async function remove(store: Store, [who = ""]: string[], { erase = false }: Values): Promise<void> {
  const { removePerson, requireNamed } = await import("@/lib/userCommands");
  const person: Person = await requireNamed(store, who);
  await removePerson(store, person, erase);
  console.log(`${person.name} is out; what they wrote ${erase ? "is gone, too" : "stays, without them"}.`);
}

async function setup(store: Store): Promise<void> {
  const { setupLink } = await import("@/lib/firstStart");
  const { makeSetup } = await import("@/lib/setup");
  console.log(
    `This link makes an admin's account, once, within a week:\n\n  ${setupLink(await makeSetup(store))}\n`,
  );
}

async function token(store: Store, _words: string[], { replace = false }: Values): Promise<void> {
  const { makeAdminToken } = await import("@/lib/userCommands");
  const { token: made, ended } = await makeAdminToken(store, replace);
  console.log(`The admin's API token, shown only this once:\n\n  ${made}\n`);
  if (replace) console.log(ended === 1 ? "The former one is over." : `${ended} former ones are over.`);
}

function requireRole(text: string) {
  const role = ROLES.find((one) => one === text);
  if (role === undefined) throw new StartError(`The role must be one of ${ROLES.join(", ")}.`);
  return role;
}

async function askPassword(): Promise<string> {
  const typed = await readPassword(process.stdin, process.stderr);
  if (typed === null) throw new StartError("The two differ; nothing was changed.");
  if (typed === "") throw new StartError("There was no password; nothing was changed.");
  return typed;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof Interrupted) {
      process.exitCode = 130;
      return;
    }
    const names = ["Refused", "Problem"];
    const known =
      error instanceof StartError ||
      error instanceof Unavailable ||
      (error instanceof Error && names.includes(error.name));
    console.error(known ? error.message : error);
    process.exitCode = 1;
  },
);
