/** What a command says on stderr, as a sentence for the operator: what happened, to what, what to do next. */
import type {SourceId} from '../domain/source.ts';
import {clean, shorten} from '../domain/text.ts';

type Complaint = {readonly says: RegExp; readonly sentence: string};

const JOURNAL_RIGHTS =
	'This user may not read the whole journal: connect as root, or add the user to the group systemd-journal on the device.';

const COMPLAINTS: readonly Complaint[] = [
	{says: /insufficient permissions/, sentence: JOURNAL_RIGHTS},
	{says: /not seeing messages from other users/, sentence: JOURNAL_RIGHTS},
	{
		says: /No journal files were found/,
		sentence:
			'journald keeps no journal here (Storage=none, or it is not running): `systemctl status systemd-journald` tells.',
	},
	{
		says: /journalctl: (?:command )?not found|exec: journalctl/,
		sentence: 'There is no journalctl on the device: only units and vitals can be shown.',
	},
	{
		says: /dmesg: read kernel buffer failed|dmesg: klogctl: Operation not permitted/,
		sentence: 'This user may not read the kernel log: connect as root.',
	},
	{
		says: /unrecogni[sz]ed option|invalid option/,
		sentence: 'The device has an older version of this command, which does not know one of the options.',
	},
];

/** A sentence for what stderr said, or null where it says nothing known to matter. */
export function complaint(source: SourceId, stderr: string): string | null {
	for (const {says, sentence} of COMPLAINTS) if (says.test(stderr)) return sentence;
	const text = shorten(clean(stderr.trim()), 160);
	return text === '' ? null : `The device says about ${source}: ${text}`;
}
