import type { TestProject } from 'vitest/node';
import { acceleration } from './emulator.ts';
import { vmImage } from './image.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the image of the virtual machine is, or why there is none. */
    readonly vm: { readonly folder: string; readonly trouble: string };
  }
}

/** Builds the image before the tests; where it cannot be had, says why, and they are left out. */
export async function setup(project: TestProject): Promise<void> {
  const image = await vmImage(text => console.log(text));
  if (typeof image === 'string') {
    console.log(`left out: no virtual machine can be run here: ${image}`);
    project.provide('vm', { folder: '', trouble: image });
    return;
  }
  console.log(`virtual machine: ${image.folder}, ${acceleration().join(' ')}`);
  project.provide('vm', { folder: image.folder, trouble: '' });
}
