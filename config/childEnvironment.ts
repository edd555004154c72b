/**
 * What programs get of the environment that are not ours, or need no keys of ours: they could print it, keep it, or be
 * asked for it. Those that read the configuration (worker, listener, apply) get all of it.
 */
const NEEDED = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TMP', 'TEMP', 'TZ', 'LANG', 'LANGUAGE', 'LC_ALL'],
  ...['LC_CTYPE', 'LC_MESSAGES', 'LC_NUMERIC', 'LC_TIME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'],
  ...['LD_LIBRARY_PATH', 'TERM', 'NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'],
];

/** How this machine reaches the outside, and builds. Addresses of proxies are in either case. */
const TO_FETCH = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSH_AUTH_SOCK'],
  ...['GOPROXY', 'GOPRIVATE', 'GONOPROXY', 'GONOSUMDB', 'GONOSUMCHECK', 'GOSUMDB', 'GOINSECURE', 'GOAUTH', 'GOVCS'],
  ...['GOPATH', 'GOROOT', 'GOCACHE', 'GOMODCACHE', 'GOTMPDIR', 'GOENV', 'GOTOOLCHAIN', 'GOOS', 'GOARCH', 'GODEBUG'],
  ...['GOMAXPROCS', 'GOMEMLIMIT', 'GOGC', 'CGO_ENABLED', 'CGO_CFLAGS', 'CGO_LDFLAGS', 'CC', 'CXX', 'NETRC'],
  ...['GIT_SSL_CAINFO', 'GIT_SSH_COMMAND', 'GIT_CONFIG_GLOBAL'],
];

export function plainEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return pick(env, new Set(NEEDED));
}

/** Of programs that download or build. */
export function fetchingEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return pick(env, new Set([...NEEDED, ...TO_FETCH]));
}

function pick(env: NodeJS.ProcessEnv, names: ReadonlySet<string>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.has(name.toUpperCase())));
}
