/** The text of `devtop --help`. */
import {CAST_SIZE, EXPORTS} from './forms.ts';
import {CARRIERS, ROADS, SCENES} from './options.ts';

const HELP = `devtop: a live monitor for balenaOS devices and other systemd hosts. It only reads,
until somebody's permission is on record.

  devtop <target> [ssh options] [scope] [--watch UNIT]… [--record FILE] [--ticket ID]
  devtop <target> --once [--json]        one reading of everything, for scripts and tickets
  devtop doctor <target> [--json]        walks the road to a device step by step: what fails, and what to do
  devtop local                           this machine, without SSH
  devtop demo [--scene ${SCENES.join('|')}]
  devtop record <target> --output FILE [--for 10m] [--json]
                                         without a terminal; ends with a summary
  devtop act <target> <action> [UNIT] CONSENT [--confirm NAME] [--dry-run] [--json]
                                         does one thing to the device, and proves it; --list shows all actions
  devtop run <target> CONSENT -- CMD…    runs a command of yours; its output and its exit code
  devtop cp FILE <target>:PATH CONSENT [--force] [--dry-run]
  devtop cp <target>:PATH FILE --yes     copies one file to or from a device; compared by SHA-256 at both ends
  devtop replay FILE [--at TIME|PERCENT | --follow] [--speed N]
                                         the same screen, from a recording; opens no connection
  devtop notes FILE [--brief | --for customer | --as json] [--output FILE]
                                         the handover note of a recording
  devtop verify FILE                     is a recording whole, and as it was written?
  devtop export FILE --as ${EXPORTS.join('|')} [--output FILE]
                                         for other tools; a cast is what replay shows, for asciinema:
                                         [--columns ${CAST_SIZE.columns}] [--rows ${CAST_SIZE.rows}] is its screen
  devtop ls [--json]                     recordings in their default place, each with its worst finding
  devtop ls --keep [--json]              those that are older or larger than the configuration keeps
  devtop config [--check]                the configuration: where it is, what is in effect, an example

target        a name in your configuration, [user@]host[:port], or a Host of your ssh_config. balenaOS listens on port 22222.
              A uuid goes through the cloud: by the VPN's tunnel with a token (DEVTOP_TOKEN, or the balena CLI's), by its
              SSH proxy with the account's user name (-l, or the CLI's)
--road ROAD   only by that road: ${ROADS.join(', ')}
ssh options   ssh's own letters: -F FILE  -i FILE  -l USER  -p PORT  -J HOST  -o KEY=VALUE
              --transport ${CARRIERS.join('|')}: who speaks SSH, devtop itself or your own ssh (certificates, hardware keys)
--via GATEWAY a neighbour that reaches the device; <target> may be its uuid then, and is looked for from there.
              -F -i are for both, -J leads to the gateway, the rest is the device's
--sweep       with --via: also looks at port 22222 in the gateway's own networks, a few addresses at a time
scope         what is fetched of the journal, journalctl's own: -u UNIT  -t IDENTIFIER  -S SINCE
              -n LINES (of history, 500)  --priority PRIORITY
              --metered: compressed, the device asked a fifth as often, 100 lines of history
FILE          of a recording: a path, "last", or a short uuid (its last recording)
CONSENT       whose permission it is, kept in the recording: --consent-by WHO --consent-via WAY --consent-words WORDS
              [--consent-until MINUTES|TIME] (30)
CMD           is sent word by word; for a pipe or a wildcard write -- sh -c '…'
PATH          from the home of the login on where no slash stands before it; "~" is not expanded
--force       also where it does not survive a reboot
--yes         the file may be copied from the device, though it may hold the customer's data
--confirm     the unit's name, or the device's short uuid (else host name), where everything stops
--dry-run     shows what would be sent, and what speaks against it; needs no consent
--wait[=2h]   a device that can't be reached yet is waited for; rings when it is there, and records its first answers
--watch UNIT  also shows this unit under Services
--record FILE writes the session to FILE, which must not be there yet; compressed if it ends in .gz
--no-record   writes no session
--follow      of a recording that another devtop writes now: shows what comes
--ticket ID   stands in the recording, and in its name in the default place
--config FILE in place of ~/.config/devtop/config.json; so does DEVTOP_CONFIG
--look-only   nothing on the device can be changed, whatever is allowed
-h --help, -V --version

On the screen: 1-6 choose a pane, ? shows every key, q quits.
exit code     0 done, 1 failed, 2 usage; --once: 3 where a finding of weight (error) is current
              act: 0 proven, 1 failed, 4 refused, 5 not proven; run: the command's own, 5 where it is not known
              doctor: 0 all is there, 1 devtop works with limits, 2 it does not work
              cp: 0 done, 1 failed, 4 refused, 5 not known
`;

/** Where a line goes on: under its own words, behind the term that it explains. */
function hangOf(line: string): number {
	const [lead = ''] = /^ */.exec(line) ?? [];
	const [term] = /^\s*\S+(?: \S+)*? {2,}(?=\S)/.exec(line) ?? [];
	if (term !== undefined && term.length <= 41) return term.length;
	if (line.startsWith('--')) return 14;
	return lead.length === 2 ? 6 : lead.length;
}

/** The help as it fits into a terminal; words are never parted. */
export const helpFor = (columns: number): string =>
	HELP.split('\n')
		.flatMap(line => {
			if (line.length <= columns) return [line];
			const hang = Math.min(hangOf(line), Math.ceil(columns * 0.52));
			const rows: string[] = [];
			let row = '';
			for (const word of line.match(/\s*\S+/g) ?? []) {
				if (row !== '' && row.length + word.length > columns) {
					rows.push(row);
					row = ' '.repeat(hang) + word.trimStart();
				} else row += word;
			}
			return [...rows, row];
		})
		.join('\n');
