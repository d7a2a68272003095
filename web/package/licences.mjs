import { readdirSync, readFileSync } from "node:fs";

/** Names, versions and licences of the npm packages that files of a bundle are of. */
export function npmLicences(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input);
    if (folder) folders.add(folder[0]);
  }
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
      const files = readdirSync(folder).filter((file) =>
        /^(licen[cs]e|copying|notice)/i.test(file),
      );
      if (files.length === 0) throw new Error(`${name} has no licence to pass on`);
      const texts = files.map((file) => readFileSync(`${folder}/${file}`, "utf8").trim());
      return [`npm ${name} ${version} (${license})`, ...texts, ""].join("\n\n");
    })
    .join("\n");
}
