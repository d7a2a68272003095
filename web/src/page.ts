import "./define.js";
import "./styles/page.css";
