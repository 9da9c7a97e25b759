import { failed, said, type Tool } from './answer.ts';

/**
 * `zypper needs-rebooting` (since 1.14.15) ends with 102 when a reboot is needed. It looks for a file that libzypp leaves
 * when it installs a patch or package that asks for a reboot; the first word in it may say which kind of reboot is enough.
 */
export const ZYPPER: Tool = {
  script: {
    args: [],
    text: `
LC_ALL=C zypper --non-interactive needs-rebooting </dev/null
code=$?
if [ -e "$NODETIDE_ROOT/run/reboot-needed" ] || [ -e "$NODETIDE_ROOT/var/run/reboot-needed" ]; then
  printf '\\nreboot-needed file\\n'
fi
exit $code
`,
  },
  read: result => {
    const { exitCode, stdout, stderr } = result;
    const file = /^reboot-needed file$/m.test(stdout);
    if (exitCode === 102) return said(true, 'zypper needs-rebooting: a reboot is needed');
    if (exitCode === 0) return said(false, 'zypper needs-rebooting: no reboot is needed');
    // Exit code 2: a word that this zypper does not know.
    if (exitCode !== 2 || !/unknown command/i.test(`${stdout}${stderr}`))
      return failed('zypper needs-rebooting', result);
    return file
      ? said(true, '/run/reboot-needed exists')
      : said(null, 'this zypper knows no needs-rebooting, and there is no /run/reboot-needed');
  },
};
