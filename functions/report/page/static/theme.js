/**
 * The theme: that of the system until one is chosen, which is remembered.
 */

import { byId } from './dom.js';

/** Names the button after what it does, and calls back when the colours have changed. @param {() => void} onChange */
export function watchTheme(onChange) {
  const button = byId('theme', HTMLElement);
  const name = () => {
    button.textContent = isDark() ? 'Light theme' : 'Dark theme';
  };
  const changed = () => {
    name();
    onChange();
  };
  name();
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    localStorage.setItem('theme', theme);
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}
