// Preloaded into every measured server (node --import): reports over IPC what the process has used so far, threads
// included.
process.on('message', (question) => {
  if (question === 'usage') process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() });
});
process.channel?.unref();
