import { createContext } from "react";
import type { Visitor } from "@/lib/who";

/** Who looks at the page: null for nobody who is signed in, undefined where the page is the same file for all. */
export const VisitorContext = createContext<Visitor | null | undefined>(undefined);
