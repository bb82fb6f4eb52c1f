/** The pages of the site that embeds the demo. */

const POST = "a-year-of-swifts";

/** A page of a magazine, with the end of an article and its comments. */
export function magazine(server) {
  return page(
    server,
    `
    :root { color-scheme: light; }
    body { margin: 0; background: #fbf7ef; color: #26211a; font: 18px/1.6 Georgia, "Liberation Serif", serif; }
    header { padding: 14px 48px; border-bottom: 3px double #26211a; font-size: 30px; letter-spacing: 0.02em; }
    header small { float: right; padding-top: 12px; font: 13px "Liberation Sans", sans-serif; color: #6b6152; }
    main { max-width: 700px; margin: 0 auto; padding: 24px 48px; }
    h1 { margin: 0 0 8px; font-size: 34px; font-weight: 500; }
    antiphon-comments { margin-top: 28px; padding-top: 24px; border-top: 1px solid #d8cdb8; --antiphon-accent: #9a3412; --antiphon-line: #e0d6c4; --antiphon-raised: #f3ecdf; --antiphon-field: #fffdf8; }`,
    `<header>The Upland Post <small>4 May</small></header>
    <main><h1>A year of swifts</h1>
    <p>They came back on the third of May, two days later than last year, and the first thing they did was to look
    into the box under the eaves, as if to see whether we had kept it clean.</p>
    <antiphon-comments post="${POST}"></antiphon-comments></main>`,
  );
}

/** Nothing but the thread, in a style. */
export function themed(server, css) {
  return page(
    server,
    `body { margin: 0; font-family: "Liberation Sans", sans-serif; } ${css}`,
    `<antiphon-comments post="${POST}"></antiphon-comments>`,
  );
}

function page(server, css, body) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>A site</title><style>${css}</style><script async src="${server}/embed.js"></script><body>${body}</body></html>`;
}
