import type {
  AttestationView,
  DescriptorView,
  ImageView,
  LayerView,
  PlatformView,
  Report,
  Verification,
} from "../../src/view/types.js";

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

/** A digest that is not of anything. */
export function made(seed: number): string {
  let state = seed * 2_654_435_761 + 12_345;
  let encoded = "";
  while (encoded.length < 64) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    encoded += state.toString(16).padStart(8, "0");
  }
  return `sha256:${encoded.slice(0, 64)}`;
}

const pending = (expected: string): Verification => ({
  status: "not-checked",
  reason: "pending",
  expected,
});
const verified = (expected: string): Verification => ({
  status: "verified",
  expected,
  computed: expected,
});

const COMMANDS = [
  "/bin/sh -c #(nop) ADD file:5758b97d8301c84a204a6e516241275d785a7cade40b2fb99f01fe122482e283 in / ",
  "RUN /bin/sh -c apk add --no-cache ca-certificates tini # buildkit",
  "COPY /out/menu /usr/bin/menu # buildkit",
  "RUN /bin/sh -c adduser -D -u 1000 menu && install -d -o menu /var/lib/menu # buildkit",
  "COPY --chown=1000:1000 menu.conf /etc/menu.conf # buildkit",
  "RUN /bin/sh -c rm -rf /var/cache/apk/* && ln -s /usr/bin/menu /bin/menu # buildkit",
];

const NAMES = ["example.com/teahouse/menu:1.4.0", "example.com/teahouse/menu:latest"];

function descriptor(digest: string, mediaType: string, size: number): DescriptorView {
  return { mediaType, digest, size: String(size), embedded: false };
}

function layer(number: number, seed: number): LayerView {
  const digest = made(seed);
  const size = 2_000_000 + ((seed * 48_271) % 30_000_000);
  return {
    number,
    digest,
    member: `blobs/sha256/${digest.slice(7)}`,
    mediaType: LAYER,
    size: String(size),
    actualSize: size,
    compression: number === 2 ? "zstd" : "gzip",
    verification: pending(digest),
    diffId: pending(made(seed + 500)),
    history: number === 0 ? 0 : number + 1,
    annotations: [],
    diagnostics: [],
  };
}

function image(number: number, platform: PlatformView, seed: number, names: string[]): ImageView {
  const digest = made(seed);
  const id = made(seed + 1);
  const index = made(900);
  const key = (kind: "manifest" | "config", reference: string, at: number) => ({
    kind,
    index: kind === "manifest" ? 0 : 1,
    done: kind === "config",
    reference,
    platform,
    key: made(seed + at),
    preimage:
      kind === "manifest"
        ? `{"Digest":"${reference}","OS":"${platform.os}","Arch":"${platform.architecture}"}`
        : `${made(seed + 40)} ${made(seed + 41)}`,
  });
  return {
    number,
    names,
    digest,
    imageId: id,
    via: names.length > 0 ? [] : [index],
    descriptor: descriptor(digest, MANIFEST, 1187),
    platform,
    platformSource: "descriptor",
    presence: "complete",
    manifest: verified(digest),
    configDescriptor: descriptor(id, "application/vnd.oci.image.config.v1+json", 2345),
    config: verified(id),
    created: "2026-01-01T00:00:00Z",
    layers: COMMANDS.map((_, at) => layer(at, seed + 10 + at)),
    chainId: made(seed + 2),
    history: [
      { createdBy: COMMANDS[0], created: "2025-12-30T10:00:00Z", emptyLayer: false, layer: 0 },
      { createdBy: 'CMD ["/bin/sh"]', created: "2025-12-30T10:00:00Z", emptyLayer: true },
      ...COMMANDS.slice(1).map((createdBy, at) => ({
        createdBy,
        created: "2026-01-01T00:00:00Z",
        comment: "buildkit.dockerfile.v0",
        emptyLayer: false,
        layer: at + 1,
      })),
    ].map(({ createdBy, ...rest }) => ({ ...rest, createdBy: createdBy ?? "" })),
    annotations: [{ key: "org.opencontainers.image.source", value: "https://example.com/menu" }],
    cacheKeys: [
      key("manifest", index, 30),
      key("config", index, 31),
      key("manifest", digest, 32),
      key("config", digest, 33),
    ],
    diagnostics: [],
  };
}

/** Two platforms under an index, attestations, an absent platform, a tampered image. */
export function sampleReport(): Report {
  const amd64 = image(0, { os: "linux", architecture: "amd64" }, 100, []);
  const arm64 = image(1, { os: "linux", architecture: "arm64", variant: "v8" }, 200, []);
  const riscv: ImageView = {
    number: 2,
    names: [],
    digest: made(300),
    via: [made(900)],
    platform: { os: "linux", architecture: "riscv64" },
    platformSource: "descriptor",
    presence: "absent",
    layers: [],
    history: [],
    annotations: [],
    cacheKeys: [],
    diagnostics: [],
  };
  const tampered = image(3, { os: "linux", architecture: "amd64" }, 400, [
    "1.4.0-tampered",
    "a-second-name:latest",
  ]);
  const attestations = [amd64, arm64].map((subject, at): AttestationView => {
    const digest = made(700 + at);
    return {
      digest,
      descriptor: descriptor(digest, MANIFEST, 840),
      subject: subject.digest ?? "",
      verification: verified(digest),
      statements: [],
      diagnostics: [],
    };
  });
  const [first, second] = attestations;
  if (!first || !second) throw new Error("two attestations were made");
  const entry = (view: ImageView) => ({
    descriptor: view.descriptor ?? descriptor(view.digest ?? "", MANIFEST, 1187),
    role: "image" as const,
    image: view.number,
  });
  const release = made(900);
  const root = made(901);
  return {
    schema: "oci-lens/report/v1",
    generator: "fake",
    archive: {
      formats: ["oci-layout", "docker-save"],
      container: "tar",
      outerCompression: "gzip",
      size: 96_468_992,
      unpackedSize: 161_480_704,
      prefix: "",
      layoutVersion: "1.0.0",
      members: 43,
    },
    totals: {
      blobs: { verified: 12, mismatch: 0, missing: 1, notChecked: 18 },
      diffIds: { verified: 0, mismatch: 0, missing: 0, notChecked: 18 },
      layers: 18,
      storedSize: 96_400_000,
      unpackedSize: 0,
    },
    blobs: [],
    indexes: [
      {
        digest: root,
        names: [],
        verification: verified(root),
        entries: [
          { descriptor: descriptor(release, INDEX, 1400), role: "index" },
          entry(tampered),
          {
            descriptor: {
              ...descriptor(made(950), MANIFEST, 400),
              artifactType: "application/vnd.example.chart.v1",
              annotations: [{ key: "org.opencontainers.image.ref.name", value: "chart" }],
            },
            role: "artifact",
          },
        ],
        annotations: [],
        diagnostics: [],
      },
      {
        digest: release,
        parent: root,
        names: NAMES,
        descriptor: descriptor(release, INDEX, 1400),
        verification: verified(release),
        entries: [
          entry(amd64),
          { descriptor: first.descriptor, role: "attestation" },
          entry(arm64),
          { descriptor: second.descriptor, role: "attestation" },
          entry(riscv),
        ],
        annotations: [],
        diagnostics: [],
      },
    ],
    images: [amd64, arm64, riscv, tampered],
    artifacts: [],
    attestations,
    caches: [],
    diagnostics: [
      {
        code: "docker-save-extra-member",
        severity: "note",
        message: "the member notes.txt belongs to no image",
        blob: "notes.txt",
      },
    ],
  };
}

/** Scans one more layer of every image; of the tampered one, the third is wrong. */
export function complete(report: Report, number: number): void {
  for (const view of report.images) {
    const found = view.layers[number];
    if (!found) continue;
    const { blobs, diffIds } = report.totals;
    blobs.notChecked -= 1;
    diffIds.notChecked -= 1;
    found.chainId = made(view.number * 100 + number);
    found.unpackedSize = (found.actualSize ?? 0) * 3 + 1536;
    found.entries = {
      total: 1204,
      files: 1100,
      directories: 90,
      symlinks: 12,
      hardlinks: 1,
      devices: 0,
      fifos: 0,
      whiteouts: 1,
      opaqueWhiteouts: 0,
      other: 0,
    };
    const wrong = view.number === 3 && number === 2;
    const encrypted = view.number === 3 && number === 4;
    const expected = found.digest ?? "";
    const diffId = found.diffId.expected ?? "";
    if (encrypted) {
      blobs.verified += 1;
      diffIds.notChecked += 1;
      found.verification = verified(expected);
      found.diffId = { status: "not-checked", reason: "encrypted", expected: diffId };
    } else if (wrong) {
      blobs.mismatch += 1;
      diffIds.mismatch += 1;
      found.verification = { status: "mismatch", expected, computed: made(77) };
      found.diffId = { status: "mismatch", expected: diffId, computed: made(78) };
      found.diagnostics.push({
        code: "blob-digest-mismatch",
        severity: "error",
        message: "the bytes of the layer are not what its digest says",
        blob: expected,
        layer: number,
        expected,
        found: made(77),
      });
    } else {
      blobs.verified += 1;
      diffIds.verified += 1;
      found.verification = verified(expected);
      found.diffId = verified(diffId);
    }
  }
}
