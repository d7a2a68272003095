import "./scope.js";
import "../../src/scan-worker.js";
