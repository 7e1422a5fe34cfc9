import{a}from"./chunk-LFCKRXAO.js";export{a as createEditor};
