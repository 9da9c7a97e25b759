import type { Kube } from './object.ts';

const texts = new WeakMap<Kube, string>();

/** An object as JSON; made once for each state of an object. */
export function objectText(object: Kube): string {
  let text = texts.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    texts.set(object, text);
  }
  return text;
}

/** An object as an item of a list: there kind and apiVersion are left out. */
export function itemText(object: Kube): string {
  const head = `{"kind":"${object.kind}","apiVersion":"${object.apiVersion}",`;
  return `{${objectText(object).slice(head.length)}`;
}
