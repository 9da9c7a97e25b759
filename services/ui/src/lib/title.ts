import { effect, signal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { countForPerson } from '../view/needs.ts';
import { titleOf, titleText } from '../view/title.ts';
import { overview } from './overview.ts';
import { me } from './person.ts';

const title = signal('');

/** Names the page in the browser's title, behind the number of things that wait for a person. */
export function useTitle(name: string): void {
  useEffect(() => {
    title.value = name;
  }, [name]);
}

/** Names the page after its address, until it says how it is called. */
export function usePathTitle(path: string): void {
  // Before what the page itself says, which comes after the browser has drawn it.
  useLayoutEffect(() => {
    title.value = titleOf(path);
  }, [path]);
}

effect(() => {
  document.title = titleText(title.value, me.value ? countForPerson(overview.value) : 0);
});
