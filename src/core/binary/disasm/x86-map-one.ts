// The one-byte opcode map of amd64, as far as Go's disassembler knows it. Notation: x86-forms.ts.

/** One line per opcode (longer groups take several); alternatives are separated by ` | `. */
export const ONE_BYTE = `
00 ADD Eb,Gb
01 ADD Ev,Gv
02 ADD Gb,Eb
03 ADD Gv,Ev
04 ADD AL,Ib
05 ADD AX,Iz
08 OR Eb,Gb
09 OR Ev,Gv
0a OR Gb,Eb
0b OR Gv,Ev
0c OR AL,Ib
0d OR AX,Iz
10 ADC Eb,Gb
11 ADC Ev,Gv
12 ADC Gb,Eb
13 ADC Gv,Ev
14 ADC AL,Ib
15 ADC AX,Iz
18 SBB Eb,Gb
19 SBB Ev,Gv
1a SBB Gb,Eb
1b SBB Gv,Ev
1c SBB AL,Ib
1d SBB AX,Iz
20 AND Eb,Gb
21 AND Ev,Gv
22 AND Gb,Eb
23 AND Gv,Ev
24 AND AL,Ib
25 AND AX,Iz
28 SUB Eb,Gb
29 SUB Ev,Gv
2a SUB Gb,Eb
2b SUB Gv,Ev
2c SUB AL,Ib
2d SUB AX,Iz
30 XOR Eb,Gb
31 XOR Ev,Gv
32 XOR Gb,Eb
33 XOR Gv,Ev
34 XOR AL,Ib
35 XOR AX,Iz
38 CMP Eb,Gb
39 CMP Ev,Gv
3a CMP Gb,Eb
3b CMP Gv,Ev
3c CMP AL,Ib
3d CMP AX,Iz
50+ PUSH Zp
58+ POP Zp
63 MOVSXD Gv,Ed
68 PUSH Iz
69 IMUL Gv,Ev,Iz
6a PUSH Isb
6b IMUL Gv,Ev,Isb
6c INSB Yb,DX
6d INSD Yb,DX | w16 INSW Yb,DX
6e OUTSB DX,Xb
6f OUTSD DX,Xb | w16 OUTSW DX,Xb
70 JO Jb
71 JNO Jb
72 JB Jb
73 JAE Jb
74 JE Jb
75 JNE Jb
76 JBE Jb
77 JA Jb
78 JS Jb
79 JNS Jb
7a JP Jb
7b JNP Jb
7c JL Jb
7d JGE Jb
7e JLE Jb
7f JG Jb
80 /0 ADD Eb,Ib | /1 OR Eb,Ib | /2 ADC Eb,Ib | /3 SBB Eb,Ib | /4 AND Eb,Ib | /5 SUB Eb,Ib | /6 XOR Eb,Ib
80 /7 CMP Eb,Ib
81 /0 ADD Ev,Iz | /1 OR Ev,Iz | /2 ADC Ev,Iz | /3 SBB Ev,Iz | /4 AND Ev,Iz | /5 SUB Ev,Iz | /6 XOR Ev,Iz
81 /7 CMP Ev,Iz
83 /0 ADD Ev,Isb | /1 OR Ev,Isb | /2 ADC Ev,Isb | /3 SBB Ev,Isb | /4 AND Ev,Isb | /5 SUB Ev,Isb
83 /6 XOR Ev,Isb | /7 CMP Ev,Isb
84 TEST Eb,Gb
85 TEST Ev,Gv
86 XCHG Eb,Gb
87 XCHG Ev,Gv
88 MOV Eb,Gb
89 MOV Ev,Gv
8a MOV Gb,Eb
8b MOV Gv,Ev
8c MOV Ew,Sw
8d LEA Gv,M
8e MOV Sw,Ew
8f /0 POP Ep
90+ XCHG Zv,AX
98 w16 CBW | w32 CWDE | w64 CDQE
99 w16 CWD | w32 CDQ | w64 CQO
9b FWAIT
9c PUSHFQ | w16 PUSHF
9d POPFQ | w16 POPF
9e SAHF
9f LAHF
a0 MOV AL,Ob
a1 MOV AX,Ov
a2 MOV Ob,AL
a3 MOV Ov,AX
a4 MOVSB Yb,Xb
a5 w16 MOVSW Yb,Xb | w32 MOVSD Yb,Xb | w64 MOVSQ Yb,Xb
a6 CMPSB Xb,Yb
a7 w16 CMPSW Xb,Yb | w32 CMPSD Xb,Yb | w64 CMPSQ Xb,Yb
a8 TEST AL,Ib
a9 TEST AX,Iz
aa STOSB Yb,AL
ab w16 STOSW Yb,AX | w32 STOSD Yb,AX | w64 STOSQ Yb,AX
ac LODSB AL,Xb
ad w16 LODSW AX,Xb | w32 LODSD AX,Xb | w64 LODSQ AX,Xb
ae SCASB AL,Yb
af w16 SCASW AX,Yb | w32 SCASD AX,Yb | w64 SCASQ AX,Yb
b0+ MOV Zb,Ib
b8+ MOV Zv,Iv
c0 /0 ROL Eb,Ib | /1 ROR Eb,Ib | /2 RCL Eb,Ib | /3 RCR Eb,Ib | /4 SHL Eb,Ib | /5 SHR Eb,Ib | /7 SAR Eb,Ib
c1 /0 ROL Ev,Ib | /1 ROR Ev,Ib | /2 RCL Ev,Ib | /3 RCR Ev,Ib | /4 SHL Ev,Ib | /5 SHR Ev,Ib | /7 SAR Ev,Ib
c2 RET Iw
c3 RET
c6 =f8 XABORT Ib | /0 MOV Eb,Ib
c7 =f8 XBEGIN Jz | =f8 w16 XBEGIN Jw | /0 MOV Ev,Iz
c8 ENTER Iw,Ib
c9 LEAVE
ca LRET Iw
cb LRET
cc INT 3
cd INT Ib
cf w16 IRET | w32 IRETD | w64 IRETQ
d0 /0 ROL Eb,1 | /1 ROR Eb,1 | /2 RCL Eb,1 | /3 RCR Eb,1 | /4 SHL Eb,1 | /5 SHR Eb,1 | /7 SAR Eb,1
d1 /0 ROL Ev,1 | /1 ROR Ev,1 | /2 RCL Ev,1 | /3 RCR Ev,1 | /4 SHL Ev,1 | /5 SHR Ev,1 | /7 SAR Ev,1
d2 /0 ROL Eb,CL | /1 ROR Eb,CL | /2 RCL Eb,CL | /3 RCR Eb,CL | /4 SHL Eb,CL | /5 SHR Eb,CL | /7 SAR Eb,CL
d3 /0 ROL Ev,CL | /1 ROR Ev,CL | /2 RCL Ev,CL | /3 RCR Ev,CL | /4 SHL Ev,CL | /5 SHR Ev,CL | /7 SAR Ev,CL
d7 XLATB Bb
d8 /0 reg FADD ST,STi | /1 reg FMUL ST,STi | /2 reg FCOM STi | /3 reg FCOMP STi | /4 reg FSUB ST,STi
d8 /5 reg FSUBR ST,STi | /6 reg FDIV ST,STi | /7 reg FDIVR ST,STi | /0 FADD Md | /1 FMUL Md | /2 FCOM Md
d8 /3 FCOMP Md | /4 FSUB Md | /5 FSUBR Md | /6 FDIV Md | /7 FDIVR Md
d9 /0 reg FLD STi | /1 reg FXCH STi | =d0 FNOP | =e0 FCHS | =e1 FABS | =e4 FTST | =e5 FXAM | =e8 FLD1
d9 =e9 FLDL2T | =ea FLDL2E | =eb FLDPI | =ec FLDLG2 | =ed FLDLN2 | =ee FLDZ | =f0 F2XM1 | =f1 FYL2X
d9 =f2 FPTAN | =f3 FPATAN | =f4 FXTRACT | =f5 FPREM1 | =f6 FDECSTP | =f7 FINCSTP | =f8 FPREM | =f9 FYL2XP1
d9 =fa FSQRT | =fb FSINCOS | =fc FRNDINT | =fd FSCALE | =fe FSIN | =ff FCOS | /0 FLD Md | /2 FST Md
d9 /3 FSTP Md | /4 FLDENV M | /5 FLDCW Mw | /6 FNSTENV M | /7 FNSTCW Mw
da /0 reg FCMOVB ST,STi | /1 reg FCMOVE ST,STi | /2 reg FCMOVBE ST,STi | /3 reg FCMOVU ST,STi
da =e9 FUCOMPP | /0 FIADD Md | /1 FIMUL Md | /2 FICOM Md | /3 FICOMP Md | /4 FISUB Md | /5 FISUBR Md
da /6 FIDIV Md | /7 FIDIVR Md
db /0 reg FCMOVNB ST,STi | /1 reg FCMOVNE ST,STi | /2 reg FCMOVNBE ST,STi | /3 reg FCMOVNU ST,STi
db =e2 FNCLEX | =e3 FNINIT | /5 reg FUCOMI ST,STi | /6 reg FCOMI ST,STi | /0 FILD Md | /1 FISTTP Md
db /2 FIST Md | /3 FISTP Md | /5 FLD M | /7 FSTP M
dc /0 reg FADD STi,ST | /1 reg FMUL STi,ST | /4 reg FSUBR STi,ST | /5 reg FSUB STi,ST
dc /6 reg FDIVR STi,ST | /7 reg FDIV STi,ST | /0 FADD Mq | /1 FMUL Mq | /2 FCOM Mq | /3 FCOMP Mq
dc /4 FSUB Mq | /5 FSUBR Mq | /6 FDIV Mq | /7 FDIVR Mq
dd /0 reg FFREE STi | /2 reg FST STi | /3 reg FSTP STi | /4 reg FUCOM STi | /5 reg FUCOMP STi | /0 FLD Mq
dd /1 FISTTP Mq | /2 FST Mq | /3 FSTP Mq | /4 FRSTOR M | /6 FNSAVE M | /7 FNSTSW Mw
de /0 reg FADDP STi,ST | /1 reg FMULP STi,ST | =d9 FCOMPP | /4 reg FSUBRP STi,ST | /5 reg FSUBP STi,ST
de /6 reg FDIVRP STi,ST | /7 reg FDIVP STi,ST | /0 FIADD Mw | /1 FIMUL Mw | /2 FICOM Mw | /3 FICOMP Mw
de /4 FISUB Mw | /5 FISUBR Mw | /6 FIDIV Mw | /7 FIDIVR Mw
df /0 reg FFREEP STi | =e0 FNSTSW AX | /5 reg FUCOMIP ST,STi | /6 reg FCOMIP ST,STi | /0 FILD Mw
df /1 FISTTP Mw | /2 FIST Mw | /3 FISTP Mw | /4 FBLD M | /5 FILD Mq | /6 FBSTP M | /7 FISTP Mq
e0 LOOPNE Jb
e1 LOOPE Jb
e2 LOOP Jb
e3 JRCXZ Jb
e4 IN AL,Ib
e5 IN AX,Ib
e6 OUT Ib,AL
e7 OUT Ib,AX
e8 CALL Jz
e9 JMP Jz
eb JMP Jb
ec IN AL,DX
ed IN AX,DX
ee OUT DX,AL
ef OUT DX,AX
f1 ICEBP
f4 HLT
f5 CMC
f6 /0 TEST Eb,Ib | /2 NOT Eb | /3 NEG Eb | /4 MUL Eb | /5 IMUL Eb | /6 DIV Eb | /7 IDIV Eb
f7 /0 TEST Ev,Iz | /2 NOT Ev | /3 NEG Ev | /4 MUL Ev | /5 IMUL Ev | /6 DIV Ev | /7 IDIV Ev
f8 CLC
f9 STC
fa CLI
fb STI
fc CLD
fd STD
fe /0 INC Eb | /1 DEC Eb
ff /0 INC Ev | /1 DEC Ev | /2 CALL Eq | /3 LCALL Mp | /4 JMP Eq | /5 LJMP Mp | /6 PUSH Ep
`

/**
 * What may follow a VEX prefix. Go's disassembler knows these five opcodes only; any other byte after
 * C4/C5 is looked up in ONE_BYTE as if the prefix were not there, which is why AVX code prints as nonsense.
 */
export const VEX = `
2a 66 VMOVNTDQA Vy,Mo
6f f3 VMOVDQU Vy,Wy | 66 VMOVDQA Vy,Wy
77 VZEROUPPER
7f f3 VMOVDQU Wy,Vy | 66 VMOVDQA Wy,Vy
e7 66 VMOVNTDQ Mo,Vy
`
