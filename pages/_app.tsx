import "@/components/site.css";
import type { AppProps } from "next/app";
import { Sorry } from "@/components/Sorry";

export default function App({ Component, pageProps }: AppProps<{ unavailable?: boolean }>) {
  if (pageProps.unavailable)
    return <Sorry title="Not now" text="The server can’t answer this now. Try again soon." />;
  return <Component {...pageProps} />;
}
