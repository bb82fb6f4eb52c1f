import type { NextPageContext } from "next";
import { Sorry } from "@/components/Sorry";

/** For statuses that have no page of their own. */
export default function ErrorPage({ status }: { status: number }) {
  return status < 500 ? (
    <Sorry title="This can’t be shown" text="The address, or what was sent to it, can’t be understood." />
  ) : (
    <Sorry title="Something went wrong" text="It is the server’s fault, and its log says more." />
  );
}

ErrorPage.getInitialProps = ({ res }: NextPageContext) => ({ status: res?.statusCode ?? 500 });
