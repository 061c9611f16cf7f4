// Prepares the sandboxed frame for H5P's own player, which is loaded after this as a classic script.

window.H5PIntegration = JSON.parse(document.getElementById("h5p-integration").textContent);

// The sandbox has no storage, and asking for it throws: libraries that keep a setting keep it while the frame is open.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].length;
  } catch {
    const kept = new Map();
    const storage = {
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, value) => void kept.set(String(key), String(value)),
      removeItem: (key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
      key: (index) => [...kept.keys()][index] ?? null,
      get length() {
        return kept.size;
      },
    };
    Object.defineProperty(window, name, { value: storage, configurable: true });
  }
}
