/** How Debian's policy orders one character: `~` before the end, letters before the rest. */
function weight(char: string | undefined): number {
  if (char === undefined || /\d/.test(char)) return 0;
  if (char === '~') return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

function comparePart(a: string, b: string): number {
  let left = a;
  let right = b;
  while (left !== '' || right !== '') {
    const [, wordLeft = ''] = /^(\D*)/.exec(left) ?? [];
    const [, wordRight = ''] = /^(\D*)/.exec(right) ?? [];
    for (let at = 0; at < Math.max(wordLeft.length, wordRight.length); at++) {
      const order = weight(wordLeft[at]) - weight(wordRight[at]);
      if (order !== 0) return order;
    }
    left = left.slice(wordLeft.length);
    right = right.slice(wordRight.length);
    const [, digitsLeft = ''] = /^(\d*)/.exec(left) ?? [];
    const [, digitsRight = ''] = /^(\d*)/.exec(right) ?? [];
    const order = Number(digitsLeft) - Number(digitsRight);
    if (order !== 0) return order;
    left = left.slice(digitsLeft.length);
    right = right.slice(digitsRight.length);
  }
  return 0;
}

/** Orders Debian versions (`[epoch:]upstream[-revision]`) as deb-version(7) says: negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => {
    const [, epoch = '0', upstream = '', revision = ''] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? [];
    return { epoch: Number(epoch), upstream, revision };
  };
  const left = parts(a);
  const right = parts(b);
  return (
    left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision)
  );
}
