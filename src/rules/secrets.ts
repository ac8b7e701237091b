/** What is a secret in a text, with lines that must and must not be cut. The session's Redactor reads it. */
import type {SecretRule} from '../domain/secret.ts';

/** One that comes with devtop: said in words, and held against lines that must and must not be cut. */
type Sampled = SecretRule & {
	/** What it cuts, in plain words. */
	readonly cuts: string;
	readonly hint: string;
	readonly samples: {
		/** A line, and what nothing may be left of. */
		readonly cut: readonly (readonly [line: string, ...secrets: string[]])[];
		readonly kept: readonly string[];
	};
};

/** Colours between a key and its value, as Node's console.log sets them. */
const COLOUR = String.raw`(?:\u001b\[[\d;]{0,12}m){0,3}`;
/** What stands between a key and its value. */
const IS = String.raw`(?<key>\\{0,15}["'])?[ \t]{0,8}(?<sep>[:=]|%3D)(?![=:])>?[ \t]{0,8}${COLOUR}`;
const SCHEMES = 'bearer|basic|token|apikey|negotiate|ntlm';
/** These have parameters, with a hash or the token among them. */
const WITH_PAIRS = 'digest|aws4-hmac-sha256|hawk|oauth';
const PAIR = String.raw`[\w-]{1,40}=(?:\\{0,15}"[^"\n\\]{0,1024}\\{0,15}"|[^\s,"\\]{1,1024})`;
const BEGIN = '-{4,5} ?BEGIN (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1) ?-{4,5}';

/** Written in two halves: what looks for leaked secrets in repositories would take these for some. */
const made = (...halves: string[]): string => halves.join('');
const JWT = made(
	'eyJhbGciOiJIUzI1NiJ9',
	'.eyJpZCI6MTIzLCJ1c2VybmFtZSI6ImFkYSJ9',
	'.wX0-Qk3rTtE_5fVqfM1yJ7nCz0uYpLrA2dEoS8hGx1c',
);
const GITHUB = made('gh', 'p_Zz19AbCdEfGhIjKlMnOpQrStUvWxYz012345');
const SLACK = made('xo', 'xb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx');
const PEM_BODY = 'MHcCAQEEIIrYSSNdFaKeFaKeFaKeFaKeFaKe0123456789abcdefghijkLMNOPqr';
const pem = (breaks: string): string =>
	[
		made('-----BEGIN EC ', 'PRIVATE KEY-----'),
		PEM_BODY,
		'oUQDQgAEfake+/==',
		made('-----END EC ', 'PRIVATE KEY-----'),
	].join(breaks);

/** Most particular first: where two begin at the same place, the first gives its name. */
export const secrets: readonly Sampled[] = [
	{
		id: 'pem',
		cuts: 'private keys in PEM, OpenSSH and PGP form and static OpenVPN keys, also line by line; certificates stay',
		hint: '- ?(?:BEGIN|END) ',
		// Something like a key has to follow, or nothing: "no -----BEGIN PRIVATE KEY----- in x" is a sentence.
		find: new RegExp(
			String.raw`${BEGIN}(?=(?:\\[nr]?|[^A-Za-z0-9+/=\\]){0,64}(?:[A-Za-z0-9+/=]{0,40}(?:$|(?:\\[nr]?|\s){0,8}-{4,5} ?END)|[A-Za-z0-9+/=]{16}|[A-Z][A-Za-z]{1,20}(?:-[A-Z][a-z]{1,20})?: ))`,
			'dg',
		),
		reach: 'block',
		samples: {
			cut: [
				[pem('\n'), PEM_BODY, 'oUQDQgAEfake'],
				[`{"key":"${pem('\\n')}","id":7}`, PEM_BODY, 'oUQDQgAEfake'],
				[`key: ${pem('\r\n')} (from flash)`, PEM_BODY, 'oUQDQgAEfake'],
			],
			kept: [
				'-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUWfAkE0123456789abcdefghijklmnopqrstuvwxyzAB\n-----END CERTIFICATE-----',
				'-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0123456789abcdefghijklmnopqr\n-----END PUBLIC KEY-----',
				'no -----BEGIN PRIVATE KEY----- found in /etc/ssl/key.pem',
				'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0123456789abcdefghijklmnopqrstuvwxyz12 ada@host',
			],
		},
	},
	{
		id: 'files',
		cuts: "`files` of a config.json: connections with the wifi's passwords",
		hint: String.raw`files\\{0,15}["']`,
		find: /files(?<key>\\{0,15}["'])[ \t]{0,8}:\s{0,8}(?=[{[])/dg,
		reach: 'object',
		beside:
			/\b(?:deviceApiKeys?|apiEndpoint|deviceType|applicationId|registryEndpoint|vpnEndpoint|deltaEndpoint|appUpdatePollInterval|mixpanelToken|persistentLogging|developmentMode)\\{0,15}["']/,
		samples: {
			cut: [
				[
					'{"uuid":"0a1b2c","deviceType":"raspberrypi3","files":{"network/network.config":"[service_home_wifi]\\nName = Aardvark}\\nPassphrase = sw0rdfish9","b":{"c":"n3sted"}},"listenPort":48484}',
					'sw0rdfish9',
					'Aardvark',
					'n3sted',
				],
				[
					'msg="{\\"apiEndpoint\\":\\"https://api.balena-cloud.com\\",\\"files\\":{\\"a\\":\\"Passphrase=sw0rdfish9\\"},\\"x\\":1}"',
					'sw0rdfish9',
				],
				['{\n  "deviceType": "generic",\n  "files": {\n    "n": "key=sw0rdfish9"\n  }\n}', 'sw0rdfish9'],
			],
			kept: [
				'{"files":{"index.js":"a1b2c3"},"name":"bundle"}',
				'{"deviceType":"generic","files":{}}',
				'reading "files" of config.json: {"deviceType":"generic"}',
			],
		},
	},
	{
		id: 'authorization',
		cuts: 'Authorization, Proxy-Authorization and X-Registry-Auth headers',
		hint: 'authorization|registry-auth',
		find: new RegExp(
			String.raw`\b(?:authorization|x-registry-auth)${IS}\[?(?:(?<scheme>\\{0,15}["']?(?:${SCHEMES})(?:[ \t]{1,8}|%20))|\\{0,15}["']?(?:${WITH_PAIRS})[ \t]{1,8}(?<secret>${PAIR}(?:,[ \t]{0,4}${PAIR}){0,20}))?`,
			'dgi',
		),
		reach: 'value',
		begun: new RegExp(
			String.raw`\bauthorization${IS}\\{0,15}["']?(?:${WITH_PAIRS})[ \t]{1,8}(?<secret>(?:${PAIR},[ \t]{0,4}){0,20}[\w-]{1,40}(?:=(?:\\{0,15}"[^"\n\\]{0,1024}\\{0,15}|[^\s,"\\]{0,1024}))?)$`,
			'di',
		),
		samples: {
			cut: [
				['> Authorization: Bearer abc123', 'abc123'],
				['authorization: Basic YWRhOnN3MHJkZmlzaA== (curl)', 'YWRhOnN3MHJkZmlzaA'],
				['{"headers":{"Authorization":"Token 9f8e7d6c5b4a","Accept":"*/*"}}', '9f8e7d6c5b4a'],
				["{ authorization: \u001b[32m'Bearer f00ba4ba2'\u001b[39m }", 'f00ba4ba2'],
				['map[Authorization:[Bearer f00ba4ba2] Accept:[*/*]]', 'f00ba4ba2'],
				['x="{\\"Authorization\\":\\"Bearer f00ba4ba2\\"}"', 'f00ba4ba2'],
				[
					'Authorization: Digest username="ada", response="6629fae49393a05397450978507c4ef1"',
					'6629fae49393a05397450978507c4ef1',
				],
				['X-Registry-Auth: eyJ1c2VybmFtZSI6ImFkYSJ9Zz09', 'eyJ1c2VybmFtZSI6ImFkYSJ9Zz09'],
			],
			kept: [
				'Authorization: required',
				'authorization failed for user ada',
				'polkitd: Registered Authentication Agent for authorization',
				'{"authorization":null}',
			],
		},
	},
	{
		id: 'jwt',
		cuts: 'JSON web tokens',
		hint: 'eyJ',
		find: /(?<![\w-])(?<secret>eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*(?:\.[\w-]+){0,2})/dg,
		begun: /(?<![\w-])(?<secret>eyJ[\w-]*(?:\.[\w-]*){0,4})$/d,
		samples: {
			cut: [
				[`session ${JWT} refreshed`, JWT, 'eyJpZCI6MTIzLCJ1c2VybmFtZSI6ImFkYSJ9', 'wX0-Qk3rTtE'],
				[`GET /device/v2?jwt=${JWT}&x=1`, JWT],
			],
			kept: ['eyJhIjoxLCJiIjoyfQ== is {"a":1,"b":2}', 'eyJust.a.word', 'eyJ'],
		},
	},
	{
		id: 'bearer',
		cuts: 'bearer tokens outside of a header',
		hint: 'bearer',
		find: /\bbearer(?:[ \t]{1,8}|%20)(?=[\w.~+/-]{0,200}\d)(?<secret>[\w.~+/=-]{16,})/dgi,
		begun: /\bbearer(?:[ \t]{1,8}|%20)(?<secret>[\w.~+/=-]{1,4000})$/di,
		samples: {
			cut: [
				['curl -H "X: bearer 0123456789abcdefABCDEF" https://x', '0123456789abcdefABCDEF'],
				['using Bearer a.b.c.d.e.f.g.h.i.j.1', 'a.b.c.d.e.f.g.h.i.j.1'],
			],
			kept: [
				'bearer token is missing',
				'Www-Authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
				'ModemManager: bearer 1 disconnected, Bearer authenticationfailedunknown',
			],
		},
	},
	{
		id: 'github',
		cuts: "GitHub's tokens",
		hint: 'gh[pousr]_|github_pat_',
		find: /(?<![A-Za-z0-9])(?<secret>(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}))/dg,
		begun: /(?<![A-Za-z0-9])(?<secret>(?:gh[pousr]_|github_pat_)\w*)$/d,
		samples: {
			cut: [
				[`git clone https://${GITHUB}@github.com/a/b`, GITHUB],
				[`pat ${made('github', '_pat_11AAAAAAA0AbCdEfGhIjKl_MnOpQrStUvWxYz')}.`, '11AAAAAAA0AbCdEfGhIjKl'],
			],
			kept: ['set ghp_ to a token', 'github_pat_ is missing'],
		},
	},
	{
		id: 'slack',
		cuts: "Slack's tokens and incoming webhooks",
		hint: String.raw`xox[a-z]-|xapp-|hooks\.slack`,
		find: /(?<![A-Za-z0-9])(?:(?<secret>(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,})|hooks\.slack\.com\/(?:services|workflows)\/(?=\S))/dg,
		reach: 'word',
		begun: /(?<![A-Za-z0-9])(?<secret>(?:xox[a-z]|xapp)-[A-Za-z0-9-]*)$/d,
		samples: {
			cut: [
				[`posting with ${SLACK} to #ops`, SLACK, 'AbCdEfGhIjKlMnOpQrStUvWx'],
				[made('POST https://hooks.slack.com/serv', 'ices/T0AAAAAAA/B0AAAAAAA/Zz19AbCdEfGhIjKl'), 'Zz19AbCdEfGhIjKl'],
			],
			kept: ['xoxb- is the prefix', 'GET https://hooks.slack.com/ 200'],
		},
	},
	{
		id: 'aws',
		cuts: "AWS' key ids, with the secret right behind, and secret keys by name",
		hint: 'A[KS]IA|secret_?access_?key|aws_session_token|SessionToken',
		find: new RegExp(
			String.raw`(?<![A-Za-z0-9/+])(?<secret>A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9/+=_])(?:[^A-Za-z0-9/+\n]{1,5}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=]))?)|(?:secret_?access_?key|aws_session_token|SessionToken)${IS}`,
			'dgi',
		),
		reach: 'value',
		begun:
			/(?<![A-Za-z0-9/+])(?<secret>A[KS]IA[A-Z0-9]{0,16}|A[KS]IA[A-Z0-9]{16}[^A-Za-z0-9/+\n]{1,5}[A-Za-z0-9/+]{1,40})$/d,
		samples: {
			cut: [
				['key AKIAIOSFODNN7EXAMPLE is used', 'AKIAIOSFODNN7EXAMPLE'],
				['AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
				['AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI', 'AKIAIOSFODNN7EXAMPLE'],
				['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI', 'bPxRfiCYEXAMPLEKEY'],
				['"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"', 'wJalrXUtnFEMI', 'bPxRfiCYEXAMPLEKEY'],
			],
			kept: ['AKIA is a prefix', 'the SecretAccessKey is not set', 'TAKIAIOSFODNN7EXAMPLE00'],
		},
	},
	{
		id: 'env',
		cuts: 'values of variables named *_API_KEY, *_TOKEN, *_SECRET, *_PASSWORD and the like, BALENA_ and RESIN_ or not',
		hint: '_(?:(?:API|ACCESS|PRIVATE|SECRET)_?KEY|TOKEN|SECRET|PASSW|PASSPH)',
		find: new RegExp(
			`(?<=[A-Za-z0-9])_(?:(?:API|ACCESS|PRIVATE|SECRET)_?KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE)${IS}`,
			'dg',
		),
		reach: 'word',
		samples: {
			cut: [
				['BALENA_API_KEY=0a1b2c3d4e5f', '0a1b2c3d4e5f'],
				['"Env":["PATH=/usr/bin","BALENA_SUPERVISOR_API_KEY=0a1b2c3d4e5f","A=1"]', '0a1b2c3d4e5f'],
				["RESIN_SUPERVISOR_API_KEY='0a1b2c3d4e5f' x", '0a1b2c3d4e5f'],
				['{\\"BALENA_VPN_PASSWORD\\":\\"p,w;d)1\\"}', 'p,w;d)1'],
				['BALENA_APP_TOKEN: 0a1b2c3d4e5f', '0a1b2c3d4e5f'],
				['export DB_SECRET="two words" && run', 'two words'],
				['cfg=\\"BALENA_API_KEY=0a1b2c3d4e5f\\nA=1\\"', '0a1b2c3d4e5f'],
			],
			kept: [
				'BALENA_API_KEY is not set',
				'BALENA_API_KEY=',
				'BALENA_API_KEY: missing',
				'BALENA_APP_TOKEN=null',
				'BALENA_SUPERVISOR_ADDRESS=http://127.0.0.1:48484',
				'BALENA_API_KEY == null',
				'__DEVTOP_a1b2c3d4e5f60718=0',
				'__DEVTOP_a1b2c3d4e5f60718 begin 12',
			],
		},
	},
	{
		id: 'key',
		cuts: 'values of apiKey, deviceApiKey, deviceApiKeys, wifiKey, pubnub*, mixpanelToken, however they are written',
		hint: 'api[-_]?key|wifi[-_]?(?:key|psk)|pubnub|mixpanel',
		find: new RegExp(String.raw`(?:api[-_]?keys?|wifi[-_]?(?:key|psk)|pubnub\w{0,40}|mixpanel[-_]?token)${IS}`, 'dgi'),
		reach: 'value',
		samples: {
			cut: [
				['{"apiKey":"0a1b2c3d","uuid":"77"}', '0a1b2c3d'],
				['{"deviceApiKey": "0a1b2c3d", "registered_at": 1}', '0a1b2c3d'],
				['{"deviceApiKeys":{"api.balena-cloud.com":"0a1b2c3d","b":{"c":"4e5f"}},"x":{}}', '0a1b2c3d', '4e5f'],
				['{"wifiSsid":"home","wifiKey":"it\\"s \\\\ secret\\\\"}', 's \\\\ secret'],
				['"pubnubSubscribeKey":"sub-c-0a1b2c3d","pubnubPublishKey":"pub-c-4e5f"', 'sub-c-0a1b2c3d', 'pub-c-4e5f'],
				['"mixpanelToken":"9ef939ea64cb6cd8"', '9ef939ea64cb6cd8'],
				['body="{\\"apiKey\\":\\"0a1b2c3d\\",\\"n\\":1}"', '0a1b2c3d'],
				['b="{\\"a\\":\\"{\\\\\\"apiKey\\\\\\":\\\\\\"0a1b2c3d\\\\\\"}\\"}"', '0a1b2c3d'],
				['GET /v1/restart?apikey=0a1b2c3d&force=1 200', '0a1b2c3d'],
				['apiKey=0a1b2c3d, uuid=77', '0a1b2c3d'],
				["{ apiKey: '0a1b2c3d', uuid: '77' }", '0a1b2c3d'],
				['apiKey: 0a1b2c3d', '0a1b2c3d'],
				['X-Api-Key: 0a1b2c3d4e', '0a1b2c3d4e'],
			],
			kept: [
				'apiKey updated',
				'apiKey: missing',
				'{"apiKey":null,"uuid":"77"}',
				'{"apiKey":"","deviceApiKey":"","deviceApiKeys":{}}',
				'apiKey: undefined',
				'Provisioned with deviceApiKey, removing apiKey',
				'apiKey === undefined',
				'{ deviceApiKeys: [Object] }',
				'{"apiKeyId":12}',
			],
		},
	},
	{
		id: 'psk',
		cuts: 'wifi passwords: psk=, wpa_passphrase, nmcli',
		hint: 'psk|wpa_pass|sae_pass|nmcli',
		find: new RegExp(
			String.raw`(?:(?<![A-Za-z])psk|wpa_passphrase|sae_password)${IS}|\bwpa_passphrase[ \t]{1,8}(?:"[^"\n]{0,64}"|'[^'\n]{0,64}'|[^\s"'-][^\s"']{0,64})[ \t]{1,8}(?=\S)|\bnmcli\b[^\n]{0,200}?(?:\.psk|\bpassword|\.wep-key\d)[ \t]{1,8}(?=\S)`,
			'dgi',
		),
		reach: 'word',
		samples: {
			cut: [
				['psk=sw0rdfish,9', 'sw0rdfish,9'],
				['\tpsk="sword fish 9"', 'sword fish 9'],
				['[wifi-security]\nkey-mgmt=wpa-psk\npsk=sw0rdfish\n\n[ipv4]', 'sw0rdfish'],
				['wpa_passphrase home sw0rdfish', 'sw0rdfish'],
				['wpa_passphrase "my home" "sword fish"', 'sword fish'],
				['wpa_passphrase=sw0rdfish', 'sw0rdfish'],
				['COMMAND=/usr/bin/nmcli device wifi connect home password sw0rdfish', 'sw0rdfish'],
				['nmcli c modify home wifi-sec.psk sw0rdfish', 'sw0rdfish'],
			],
			kept: [
				'key-mgmt=wpa-psk',
				'psk-flags=0',
				'psk=<hidden>',
				'WPA-PSK: enabled',
				'wlan0: key_mgmt=WPA-PSK pairwise=CCMP group=CCMP',
				'wpa_passphrase: not found',
			],
		},
	},
	{
		id: 'password',
		cuts: 'what follows --password, --token and their like, and password=, "password":"…"',
		hint: '--(?:pass|token|secret|api-?key|auth-?token)|passw|passphrase',
		find: new RegExp(
			String.raw`(?<![\w-])--(?:password|passwd|passphrase|pass|token|secret|api-?key|auth-?token)(?:=|[ \t]{1,8}(?!(?:is|was|has|are|and|or)(?:\s|$)))(?![- \t])|(?:password|passwd|passphrase)${IS}`,
			'dgi',
		),
		reach: 'word',
		samples: {
			cut: [
				['mysqldump --password sw0rdfish --all', 'sw0rdfish'],
				['login --user ada --password=sw0rdfish;', 'sw0rdfish'],
				["run --password 'sword fish' x", 'sword fish'],
				['balena login --token 0a1b2c3d', '0a1b2c3d'],
				['{"user":"ada","password":"sw0rd\\"fish"}', 'sw0rd', 'fish'],
				['host=db password=sw0rdfish user=ada', 'sw0rdfish'],
			],
			kept: [
				'docker login --password-stdin',
				'DEPRECATED OPTION: The option --secret is deprecated.',
				'--password --user ada',
				'Failed password for root from 10.0.0.7 port 51234 ssh2',
				"Access denied for user 'root'@'10.0.0.7' (using password: YES)",
				'Started Forward Password Requests to Wall Directory Watch.',
				'{"password":""}',
			],
		},
	},
	{
		id: 'token',
		cuts: 'what is called a token or a client secret, and passwords and tokens in sentences ("the password is …")',
		hint: String.raw`(?:token|client[-_]?secret)(?:\\{0,15}["'])?[ \t]{0,8}(?:[:=]|%3D)|(?:password|passphrase|token)[ \t]{1,3}(?:is|was)[ \t]`,
		find: new RegExp(
			String.raw`(?:token|client[-_]?secret)${IS}|\b(?:password|passphrase|token)[ \t]{1,3}(?:is|was)[ \t]{1,3}:?[ \t]{0,3}`,
			'dgi',
		),
		reach: 'value',
		strict: true,
		samples: {
			cut: [
				['login with token=0a1b2c3d4e5f', '0a1b2c3d4e5f'],
				['GET /v2/auth?access_token=0a1b2c3d4e5f&scope=pull 200', '0a1b2c3d4e5f'],
				['{"token":"0a1b2c3d-4e5f","expires_in":300}', '0a1b2c3d-4e5f'],
				['{"refreshToken": "0a1b2c3d4e5f"}', '0a1b2c3d4e5f'],
				['body="{\\"id_token\\":\\"0a1b2c3d4e5f\\"}"', '0a1b2c3d4e5f'],
				['X-Auth-Token: 0a1b2c3d4e5f', '0a1b2c3d4e5f'],
				["{ authToken: '0a1b2c3d4e5f', user: 'ada' }", '0a1b2c3d4e5f'],
				['client_secret=0a1b2c3d4e5f', '0a1b2c3d4e5f'],
				['token=sOmeLettersOnlyButMany', 'sOmeLettersOnlyButMany'],
				['yes, do it, the token is 0a1b2c3d4e5f', '0a1b2c3d4e5f'],
				['Ann says the password is sw0rdfish9, by phone', 'sw0rdfish9'],
			],
			kept: [
				'token expired',
				'token=expired',
				'token: missing',
				'the token is missing',
				'the password is required',
				'the password is 12 characters long',
				'max_tokens=4096 tokens: 12345678',
				'max_token=4096',
				'const token = getToken(); if (token === undefined) return',
				'token => token.kind',
				'--color-token: var(--primary-background-1)',
				'token: primary-background-colour',
				'token=/var/run/secrets/token1',
				'token=$TOKEN_1234',
				"SyntaxError: Unexpected token: '}'",
				'{"token":"identifier","line":3}',
				'{"token":null,"error":"no token"}',
				'realm="https://auth.docker.io/token",service="registry.docker.io"',
				'token=https://auth.docker.io/token?account=ada1',
				'__DEVTOP_a1b2c3d4e5f60718=0',
				'__DEVTOP_a1b2c3d4e5f60718 begin 12',
			],
		},
	},
	{
		id: 'url',
		cuts: 'passwords in URLs',
		hint: String.raw`:\/\/[^\s/?#"'@:]{0,128}:[^\s/"'<>]{0,256}@`,
		find: /:\/\/[^\s/?#"'@:]{0,128}:(?<secret>[^\s/"'<>]{1,256})@/dg,
		begun: /:\/\/[^\s/?#"'@:]{0,128}:(?<secret>[^\s/"'<>]{1,256})$/d,
		samples: {
			cut: [
				['postgres://ada:sw0rdfish@db:5432/x', 'sw0rdfish'],
				['pulling from https://d_0a1b2c:sw0rd@f1sh@registry2.balena-cloud.com/v2/77', 'sw0rd', 'f1sh'],
				['{"redis":"redis://:sw0rdfish@10.0.0.7:6379"}', 'sw0rdfish'],
			],
			kept: [
				'https://registry2.balena-cloud.com:443/v2/0a1b2c/manifests/latest',
				'docker://registry:5000/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
				'ssh://root@10.0.0.7:22222',
				'http://[fe80::1]:80/ and ada@host',
				'unix:///run/balena-engine.sock',
			],
		},
	},
];

/** Lines full of what looks like secrets and is none. */
export const harmless: readonly string[] = [
	'device 7cf02a6e4f3b4b9d8a1e2c3d4e5f6071 is 123e4567-e89b-12d3-a456-426614174000',
	'container 5d41402abc4b2a76b9719d911017c592ae1f6c7e0b4d2f5a6978c1d2e3f40516 died',
	'registry2.balena-cloud.com/v2/0123456789abcdef0123456789abcdef@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
	'commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 applied, token bucket: 12345678',
	's=0a1b2c3d4e5f60718293a4b5c6d7e8f9;i=1f4;b=00112233445566778899aabbccddeeff;m=5f5e100;t=5d8c0b1e2f3a4;x=9f86d081884c7d65',
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'link/ether dc:a6:32:01:02:03 brd ff:ff:ff:ff:ff:ff inet 10.0.0.7/24 fe80::dea6:32ff:fe01:203',
	'secret agent, token ring, key 3 pressed, password changed, authorization granted',
	'time="2024-05-01T10:00:00Z" level=info msg="shim started" address="unix:///run/containerd/s/0a1b2c" token=',
];
