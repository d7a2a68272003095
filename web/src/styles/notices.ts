import { css } from "lit";

/** Opening, and what could not be opened. */
export const noticesStyle = css`
  .notice {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    width: min(660px, calc(100% - 24px));
    margin: auto;
    padding: 34px clamp(16px, 4cqi, 40px);
    border: 1px solid var(--line);
    border-radius: 18px;
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .notice .logo {
    width: 44px;
    height: 44px;
  }
  .notice h1 {
    max-width: 100%;
    font-size: 19px;
    font-weight: 650;
  }
  .notice progress {
    width: min(360px, 100%);
  }
  .failure {
    align-items: stretch;
    gap: 20px;
    margin-block: auto;
  }
  .failure h1 {
    display: flex;
    align-items: center;
    gap: 9px;
    margin-bottom: 8px;
  }
  .failure .file {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .failure .message {
    margin: 10px 0;
    padding: 9px 12px;
    border-left: 4px solid var(--mismatch);
    border-radius: 4px;
    background: var(--mismatch-soft);
    overflow-wrap: anywhere;
  }
  .failure .message::first-letter {
    text-transform: uppercase;
  }
  .failure .seems {
    margin-bottom: 10px;
    overflow-wrap: anywhere;
  }
  .failure .choices {
    justify-content: flex-start;
    margin: 0;
  }
  .dismiss {
    position: absolute;
    top: 12px;
    right: 12px;
  }
`;
