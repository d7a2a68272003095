import { expect, test } from "vitest";

import { Session } from "../support/session.js";

// A guard that sees nothing would let everything pass.
test("the guard of the other tests sees what pages and workers do wrong", async () => {
  const session = await Session.start();
  try {
    expect(await session.complaints()).toEqual([]);
    await session.viewer.page.evaluate(() => {
      const nested = `fetch("https://nested.invalid/").catch(() => {}); console.error("wrong");`;
      const script = `
        const nested = new Blob([${JSON.stringify(nested)}], { type: "text/javascript" });
        new Worker(URL.createObjectURL(nested));
        fetch("https://worker.invalid/").catch(() => {});`;
      new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
      document.body.append(
        Object.assign(document.createElement("img"), { src: "https://page.invalid/" }),
      );
    });
    await expect
      .poll(async () => {
        const all = (await session.complaints()).join("\n");
        return ["nested.invalid", "worker.invalid", "page.invalid", "wrong"].filter(
          (word) => !all.includes(word),
        );
      })
      .toEqual([]);
    const kinds = new Set((await session.complaints()).map((text) => text.split(" ", 1)[0]));
    expect([...kinds].sort()).toEqual(["console", "violation"]);
  } finally {
    await session.stop();
  }
});
