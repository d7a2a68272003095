import "./scope.js";
import "../../src/worker.js";
