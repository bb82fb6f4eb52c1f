import { createClient } from "@/lib/client";

/** The API of the server that this page comes from, as whoever is signed in here. */
export const api = createClient();
