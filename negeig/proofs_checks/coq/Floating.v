(* Binary floating-point numbers as integers times powers of two, and their operations.

   A number that is not zero, infinite or NaN is [Fin m e], the value m 2^e. An operation is carried
   out exactly on integers and rounded once, to nearest with ties to even; Rounding.v proves that
   this is what [nearest_even] does and that it is monotone. *)

From Coq Require Import ZArith Bool List Lia.
Import ListNotations.
Open Scope Z_scope.

Inductive number :=
| Zero (negative : bool)
| Fin (m e : Z)                (* m 2^e, with m not 0 *)
| Inf (negative : bool)
| NaN.

(* Finite values are m 2^e with |m| < 2^precision and unit <= e <= top, where m is at most
   [largest] in magnitude when e = top. Overflow gives infinity, else NaN, else the largest. *)
Record format := {
  precision : Z;
  unit : Z;
  top : Z;
  largest : Z;
  has_infinity : bool;
  has_nan : bool;
  has_negative_zero : bool
}.

(* The integer nearest to m / 2^k, ties to even; k >= 0. *)
Definition nearest_even (m k : Z) : Z :=
  let q := Z.shiftr m k in
  let r := m - Z.shiftl q k in
  match Z.double r ?= Z.shiftl 1 k with
  | Lt => q
  | Gt => q + 1
  | Eq => if Z.even q then q else q + 1
  end.

(* m 2^e in units of 2^u. *)
Definition in_units (m e u : Z) : Z :=
  if u <=? e then Z.shiftl m (e - u) else nearest_even m (u - e).

Definition zero_of (f : format) (negative : bool) : number :=
  Zero (negative && has_negative_zero f).

Definition beyond (f : format) (negative : bool) : number :=
  if has_infinity f then Inf negative
  else if has_nan f then NaN
  else Fin (if negative then - largest f else largest f) (top f).

(* The exponent of the unit in the last place of numbers as large as m 2^e. *)
Definition unit_at (f : format) (m e : Z) : Z :=
  Z.max (Z.log2 (Z.abs m) + e - precision f + 1) (unit f).

Definition held (f : format) (negative : bool) (m u : Z) : number :=
  if m =? 0 then zero_of f negative
  else
    let '(m, u) :=
      if Z.abs m =? Z.shiftl 1 (precision f) then (Z.div2 m, u + 1) else (m, u) in
    if (top f <? u) || ((top f =? u) && (largest f <? Z.abs m)) then beyond f negative
    else Fin m u.

(* The exact number m 2^e, not 0, rounded to a format. *)
Definition round (f : format) (m e : Z) : number :=
  let u := unit_at f m e in held f (m <? 0) (in_units m e u) u.

(* The same for what may be zero, infinite or NaN already. *)
Definition convert (f : format) (x : number) : number :=
  match x with
  | Zero s => zero_of f s
  | Fin m e => round f m e
  | Inf s => if has_infinity f then Inf s else beyond f s
  | NaN => NaN
  end.

(* A multiple of 2^u as near as possible; nothing overflows, and zero keeps its sign. *)
Definition to_grid (u : Z) (x : number) : number :=
  match x with
  | Fin m e =>
      let n := in_units m e u in
      if n =? 0 then Zero (m <? 0) else Fin n u
  | _ => x
  end.

Definition opposite (x : number) : number :=
  match x with
  | Zero s => Zero (negb s)
  | Fin m e => Fin (- m) e
  | Inf s => Inf (negb s)
  | NaN => NaN
  end.

Definition negative (x : number) : bool :=
  match x with
  | Zero s | Inf s => s
  | Fin m _ => m <? 0
  | NaN => false
  end.

(* m 2^e + n 2^d with the smaller of the two exponents. *)
Definition exact_sum (m e n d : Z) : Z * Z :=
  if e <=? d then (m + Z.shiftl n (d - e), e) else (Z.shiftl m (e - d) + n, d).

Definition add (f : format) (x y : number) : number :=
  match x, y with
  | NaN, _ | _, NaN => NaN
  | Inf s, Inf t => if Bool.eqb s t then convert f (Inf s) else NaN
  | Inf s, _ | _, Inf s => convert f (Inf s)
  | Zero s, Zero t => zero_of f (s && t)
  | Zero _, Fin m e | Fin m e, Zero _ => round f m e
  | Fin m e, Fin n d =>
      let '(k, c) := exact_sum m e n d in
      if k =? 0 then Zero false else round f k c
  end.

Definition multiply (f : format) (x y : number) : number :=
  let s := xorb (negative x) (negative y) in
  match x, y with
  | NaN, _ | _, NaN => NaN
  | Zero _, Inf _ | Inf _, Zero _ => NaN
  | Inf _, _ | _, Inf _ => convert f (Inf s)
  | Zero _, _ | _, Zero _ => zero_of f s
  | Fin m e, Fin n d => round f (m * n) (e + d)
  end.

(* x y + z, rounded once. *)
Definition fused (f : format) (x y z : number) : number :=
  let s := xorb (negative x) (negative y) in
  match x, y, z with
  | NaN, _, _ | _, NaN, _ | _, _, NaN => NaN
  | Zero _, Inf _, _ | Inf _, Zero _, _ => NaN
  | Inf _, _, _ | _, Inf _, _ =>
      match z with
      | Inf t => if Bool.eqb s t then convert f (Inf s) else NaN
      | _ => convert f (Inf s)
      end
  | _, _, Inf t => convert f (Inf t)
  | Fin m e, Fin n d, Zero _ => round f (m * n) (e + d)
  | Fin m e, Fin n d, Fin p c =>
      let '(k, b) := exact_sum (m * n) (e + d) p c in
      if k =? 0 then Zero false else round f k b
  | _, _, Zero t => zero_of f (s && t)
  | _, _, Fin p c => round f p c
  end.

Definition is_zero (x : number) : bool := match x with Zero _ => true | _ => false end.

Definition same (x y : number) : bool :=
  match x, y with
  | Zero s, Zero t | Inf s, Inf t => Bool.eqb s t
  | Fin m e, Fin n d => (m =? n) && (e =? d)
  | NaN, NaN => true
  | _, _ => false
  end.

Lemma same_sound x y : same x y = true -> x = y.
Proof.
  destruct x, y; simpl; try discriminate; trivial; intro H.
  - apply Bool.eqb_prop in H. now subst.
  - apply andb_prop in H as [H K]. apply Z.eqb_eq in H, K. now subst.
  - apply Bool.eqb_prop in H. now subst.
Qed.

(* Finite numbers written in pairs m, e; 0, 0 and 0, 1 are zero and minus zero. *)
Fixpoint numbers (l : list Z) : list number :=
  match l with
  | m :: e :: rest => (if m =? 0 then Zero (e =? 1) else Fin m e) :: numbers rest
  | _ => []
  end.

(* The coordinates of a finite vector over one denominator, a power of two. *)
Fixpoint least_exponent (h : list number) : Z :=
  match h with
  | [] => 0
  | Fin _ e :: rest => Z.min e (least_exponent rest)
  | _ :: rest => least_exponent rest
  end.

Fixpoint over (least : Z) (h : list number) : option (list Z) :=
  match h with
  | [] => Some []
  | x :: rest =>
      match over least rest with
      | None => None
      | Some values =>
          match x with
          | Zero _ => Some (0 :: values)
          | Fin m e => Some (Z.shiftl m (e - least) :: values)
          | _ => None
          end
      end
  end.

Definition fractions (h : list number) : option (list Z * Z) :=
  let least := least_exponent h in
  match over least h with
  | Some values => Some (values, Z.shiftl 1 (- least))
  | None => None
  end.
