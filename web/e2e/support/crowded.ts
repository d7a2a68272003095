import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { once } from "node:events";

import { tarMember } from "./archive.js";

/** How many there are of everything in a crowded archive. */
export const CROWD = {
  layers: 4000,
  images: 2000,
  annotations: 3000,
  strays: 4000,
} as const;

const TYPE = "application/vnd.oci.image";

/**
 * Writes an OCI layout with a great number of everything: one image of thousands of layers, each
 * of which has a size that its descriptor has wrong, and thousands of images of one layer, and
 * blobs that nobody refers to.
 */
export async function writeCrowded(path: string): Promise<void> {
  const blobs = new Map<string, Buffer>();
  const store = (bytes: Buffer): { digest: string; size: number } => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  };
  const json = (value: unknown) => store(Buffer.from(JSON.stringify(value)));
  const layers = Array.from({ length: CROWD.layers }, (_, number) => {
    const content = Buffer.from(`layer ${number}\n`);
    const name = `folder/file-${number}.txt`;
    const member = [...tarMember(name, content.length, [content]), Buffer.alloc(1024)];
    const { digest, size } = store(Buffer.concat(member));
    return { mediaType: `${TYPE}.layer.v1.tar`, digest, size };
  });
  const image = (chosen: typeof layers, more: object) => {
    const config = json({
      architecture: "amd64",
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: chosen.map(({ digest }) => digest) },
      history: chosen.map((_, number) => ({ created_by: `RUN step ${number} # buildkit` })),
    });
    const mediaType = `${TYPE}.manifest.v1+json`;
    return {
      mediaType,
      ...json({
        schemaVersion: 2,
        mediaType,
        config: { mediaType: `${TYPE}.config.v1+json`, ...config },
        layers: chosen,
        ...more,
      }),
    };
  };
  const tall = image(
    layers.map((layer) => ({ ...layer, size: layer.size + 1 })),
    {
      annotations: Object.fromEntries(
        Array.from({ length: CROWD.annotations }, (_, at) => [`key.${at}`, `value ${at}`]),
      ),
    },
  );
  const ref = (name: string) => ({
    annotations: { "org.opencontainers.image.ref.name": name },
  });
  const manifests = [
    { ...tall, ...ref("tall:latest") },
    ...Array.from({ length: CROWD.images }, (_, number) => ({
      ...image(layers.slice(0, 1), { annotations: { number: String(number) } }),
      ...ref(`image:${number}`),
    })),
  ];
  for (let at = 0; at < CROWD.strays; at += 1) store(Buffer.from(`nobody's ${at}`));

  const members: [string, Buffer][] = [
    ["oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ["index.json", Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))],
    ...[...blobs].map(([digest, bytes]): [string, Buffer] => [
      `blobs/${digest.replace(":", "/")}`,
      bytes,
    ]),
  ];
  const file = createWriteStream(path);
  for (const [name, bytes] of members) {
    for (const chunk of tarMember(name, bytes.length, [bytes])) {
      if (!file.write(chunk)) await once(file, "drain");
    }
  }
  file.end(Buffer.alloc(1024));
  await once(file, "finish");
}
