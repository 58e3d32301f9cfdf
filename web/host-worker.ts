import { expose } from "comlink";
import { HostService } from "./host-service.ts";

expose(new HostService());
