import { effect, signal } from '@preact/signals';

/** How the page looks: like the system, or as the person wants it. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** One of {@link THEMES}. */
export type Theme = (typeof THEMES)[number];

const KEY = 'nodetide.theme';

/** What a browser is set to refuse to keep, it refuses by throwing. */
function kept(): Theme {
  try {
    const text = localStorage.getItem(KEY);
    return THEMES.find(theme => theme === text) ?? 'system';
  } catch {
    return 'system';
  }
}

function keep(chosen: Theme): void {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It holds as long as the page does.
  }
}

/** The theme now; kept in the browser where that keeps anything. */
export const theme = signal<Theme>(kept());

effect(() => {
  keep(theme.value);
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
});
