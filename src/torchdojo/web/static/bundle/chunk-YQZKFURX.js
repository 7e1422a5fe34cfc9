import{i as a}from"./chunk-3MBDDVEG.js";export{a as createEditor};
