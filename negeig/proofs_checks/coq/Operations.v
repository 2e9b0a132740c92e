(* Every operation is an exact one and one rounding: [convert], which is proved in other files to be
   what it should. *)

From Coq Require Import ZArith Bool.
From Negeig Require Import Floating.
Open Scope Z_scope.

Definition scaled (a x : number) : number :=
  let s := xorb (negative a) (negative x) in
  match a, x with
  | NaN, _ | _, NaN | Zero _, Inf _ | Inf _, Zero _ => NaN
  | Inf _, _ | _, Inf _ => Inf s
  | Zero _, _ | _, Zero _ => Zero s
  | Fin m c, Fin n d => Fin (m * n) (c + d)
  end.

Definition moved (b x : number) : number :=
  match x, b with
  | NaN, _ | _, NaN => NaN
  | Inf s, Inf t => if Bool.eqb s t then Inf s else NaN
  | Inf s, _ | _, Inf s => Inf s
  | Zero s, Zero t => Zero (s && t)
  | Zero _, Fin m c | Fin m c, Zero _ => Fin m c
  | Fin m c, Fin n d => let '(k, d) := exact_sum m c n d in if k =? 0 then Zero false else Fin k d
  end.

Lemma multiply_convert f a x : multiply f a x = convert f (scaled a x).
Proof. now destruct a, x. Qed.

Lemma add_convert f b x : add f x b = convert f (moved b x).
Proof.
  destruct x as [s|m c|s|], b as [t|n d|t|]; trivial; unfold add, moved.
  - destruct (exact_sum m c n d) as [k p]. now destruct (k =? 0).
  - now destruct (Bool.eqb s t).
Qed.

Lemma fused_convert f a b x : fused f a b x = convert f (moved x (scaled a b)).
Proof.
  destruct a as [s|m c|s|], b as [t|n d|t|], x as [p|k q|p|]; trivial; unfold fused, scaled, moved;
    try (now destruct (Bool.eqb _ p)).
  simpl negative. destruct (exact_sum (m * n) (c + d) k q) as [i j]. now destruct (i =? 0).
Qed.

Definition theorems := (multiply_convert, add_convert, fused_convert).
Print Assumptions theorems.
