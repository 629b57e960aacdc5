/**
 * Says in one sentence that a platform is not supported, before npm would answer with a shell error.
 *
 * Plain CommonJS without syntax newer than Node 12, since it runs on whatever Node the system has.
 */
const supported = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

if (!supported) {
  process.stderr.write(
    `IntradayJules runs on Linux x64 and arm64 (WSL2 included); this is ${process.platform} ${process.arch}.\n`,
  );
  process.exitCode = 2;
}
