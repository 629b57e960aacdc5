/**
 * Applies the chosen theme before anything is painted; a classic script, so that it runs before the styles are used.
 */

const chosen = localStorage.getItem('theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
