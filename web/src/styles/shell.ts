import { css } from "lit";

/** What holds the views together: the bar of tabs, the outcomes that lead to their blobs. */
export const shellStyle = css`
  .tab-bar {
    display: flex;
    flex: none;
    align-items: center;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
  }
  .tab-bar .tabs {
    flex: 1 1 auto;
    min-width: 0;
    border-bottom: 0;
  }
  .tab-bar .help {
    flex: none;
    justify-content: center;
    width: 28px;
    height: 28px;
    margin: 0 8px;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 50%;
  }
  .group li button.quiet {
    gap: 0.35em;
    padding: 0.1em 0.3em;
    color: inherit;
    font-weight: inherit;
  }
  .group li button.quiet:disabled {
    opacity: 1;
  }
  .main > .panel > oci-lens-overview,
  .main > .panel > oci-lens-keys,
  .main > .panel > oci-lens-waste,
  .main > .panel > oci-lens-hidden,
  .main > .panel > oci-lens-dockerfile,
  .main > .panel > oci-lens-raw,
  .main > .panel > oci-lens-store,
  .main > .panel > oci-lens-compare {
    display: block;
    height: 100%;
  }
`;
