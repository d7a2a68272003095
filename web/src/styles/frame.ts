import { css } from "lit";

/** The frame: the viewer itself, its columns, what lies over them. */
export const frameStyle = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-height: 320px;
    overflow: hidden;
    background: var(--page);
    color: var(--ink);
    font: 14px/1.45 var(--font);
    -webkit-text-size-adjust: 100%;
    container: viewer / inline-size;
  }
  oci-lens-viewer {
    display: contents;
  }
  .app {
    flex: 1 1 auto;
    min-height: 0;
    display: flex;
    flex-direction: column;
    overflow: auto;
  }
  .app[data-state="open"] {
    overflow: hidden;
  }

  .without-drop :is([data-action="open"], [data-action="folder"], [data-action="file"]) {
    display: none;
  }
  ::slotted([slot="caption"]) {
    padding: 8px 12px;
    color: var(--muted);
    font-size: 0.93em;
  }

  .columns {
    flex: 1;
    min-height: 0;
    display: grid;
    grid-template-columns: minmax(380px, 31%) minmax(0, 1fr);
    gap: 12px;
    padding: 12px;
  }
  .narrow .columns {
    display: flex;
    padding: 0;
  }
  .side {
    display: grid;
    grid-template-rows: minmax(90px, min-content) minmax(0, 1fr);
    gap: 12px;
    min-height: 0;
    min-width: 0;
  }
  .side .images-panel {
    max-height: 40vh;
  }
  .side > .panel,
  .main {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    overflow: hidden;
  }
  .main {
    flex: 1;
  }
  .narrow .main {
    border: 0;
    border-radius: 0;
  }
  .panel-head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    padding: 9px 14px;
    border-bottom: 1px solid var(--line);
  }
  .panel-head h2 {
    font-size: 1em;
    font-weight: 650;
  }
  .panel-head .muted {
    font-size: 0.9em;
  }
  .scroll,
  .main > .panel {
    flex: 1;
    min-height: 0;
    overflow: auto;
  }
  .scroll:focus-visible,
  .main > .panel:focus-visible {
    outline-offset: -2px;
  }
  .main > .files-panel {
    display: flex;
    overflow: hidden;
  }
  oci-lens-files {
    flex: 1;
  }

  .overlay {
    position: absolute;
    inset: 0;
    z-index: 3;
    display: grid;
    place-items: center;
    border: 4px dashed var(--accent);
    background: color-mix(in srgb, var(--page) 84%, transparent);
    pointer-events: none;
  }
  .overlay p {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 16px 26px;
    border-radius: 99px;
    background: var(--surface);
    box-shadow: var(--shadow);
    font-size: 19px;
    font-weight: 650;
  }
  .toast {
    position: absolute;
    bottom: 16px;
    left: 50%;
    z-index: 2;
    max-width: calc(100% - 32px);
    padding: 8px 16px;
    border-radius: 99px;
    background: var(--ink);
    color: var(--page);
    opacity: 0;
    pointer-events: none;
    transform: translate(-50%, 8px);
    transition:
      opacity 0.15s,
      transform 0.15s;
  }
  .toast.on {
    opacity: 1;
    transform: translate(-50%, 0);
  }

  @media (forced-colors: active) {
    .toast {
      border: 1px solid;
    }
  }
`;
