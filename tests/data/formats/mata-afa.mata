@AFA-explicit
%Initial q
q a & r
