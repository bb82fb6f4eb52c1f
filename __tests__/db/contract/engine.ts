import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import type { Store } from "@/db/store";

/** A kind of database that the contract is held against. */
export interface Engine {
  name: string;
  /** A store on a new, empty database. */
  open(): Promise<Store>;
}

/** One store for the tests of a `describe` block; call the result within a test. */
export function shared(engine: Engine): () => Store {
  let opened: Store | undefined;
  beforeAll(async () => {
    opened = await engine.open();
  });
  afterAll(() => opened?.close());
  return () => {
    if (!opened) throw new Error("The store is opened before the first test, not before");
    return opened;
  };
}

/** A store of its own for each test of a `describe` block, with mail on. */
export function fresh(engine: Engine): () => Store {
  let opened: Store | undefined;
  beforeEach(async () => {
    opened = await engine.open();
    await opened.mails.turn(true);
  });
  afterEach(() => opened?.close());
  return () => {
    if (!opened) throw new Error("The store is opened before each test, not before");
    return opened;
  };
}
