import { effect, signal } from '@preact/signals';

/** How the page looks: like the system, or as the person wants it. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** One of {@link THEMES}. */
export type Theme = (typeof THEMES)[number];

const KEY = 'nodetide.theme';

function kept(): Theme {
  const text = localStorage.getItem(KEY);
  return THEMES.find(theme => theme === text) ?? 'system';
}

/** The theme now; kept in the browser. */
export const theme = signal<Theme>(kept());

effect(() => {
  localStorage.setItem(KEY, theme.value);
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
});
